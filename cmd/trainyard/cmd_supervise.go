package main

import (
	"github.com/spf13/cobra"

	"trainyard/launch/backend/local"
)

// newSupervise is the process between a run and the trainer. The local
// backend starts it; people do not.
func newSupervise() *cobra.Command {
	return &cobra.Command{
		Use:    "supervise DIR",
		Short:  "Run the command of an attempt and record how it ended",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return local.Supervise(args[0])
		},
	}
}
