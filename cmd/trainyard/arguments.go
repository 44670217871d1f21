package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// needs asks for a first argument in the words of the command.
func needs(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usageError{fmt.Errorf("%s needs %s", cmd.Name(), what)}
		}
		return nil
	}
}

// exactly is needs for commands that take nothing else.
func exactly(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usageError{fmt.Errorf("%s needs %s, and one of them: %d were given", cmd.Name(), what, len(args))}
		}
		return needs(what)(cmd, args)
	}
}
