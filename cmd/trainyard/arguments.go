package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/recipes"
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
			return usageError{fmt.Errorf("%s takes one argument, and %d were given: it needs %s", cmd.Name(), len(args), what)}
		}
		return needs(what)(cmd, args)
	}
}

// two is needs for commands that compare.
func two(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 2 {
			return usageError{fmt.Errorf("%s needs %s: %s given", cmd.Name(), what, face.Plural(len(args), "was", "were"))}
		}
		return nil
	}
}

// verbs makes cmd and all below it that hold other commands refuse a word that
// names none of those: cobra does so for the root alone.
func verbs(cmd *cobra.Command) {
	if !cmd.HasSubCommands() {
		return
	}
	var names []string
	for _, sub := range cmd.Commands() {
		if verbs(sub); sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	alone := cmd.Runnable()
	if !alone {
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) > 0:
			return usageError{unknownWord("command", strings.TrimPrefix(cmd.CommandPath()+" ", "trainyard ")+args[0], args[0], names)}
		case !alone && cmd.HasParent():
			return usageError{fmt.Errorf("%s what? %s", cmd.Name(), strings.Join(names, ", "))}
		}
		return nil
	}
}

// helpOfCommands makes help refuse words that name no command, with the error
// that the command itself has for them.
func helpOfCommands(root *cobra.Command) {
	help, _, err := root.Find([]string{"help"})
	must(err)
	help.Args = func(_ *cobra.Command, args []string) error {
		named, rest, err := root.Find(args)
		if err != nil || len(rest) == 0 || !named.HasSubCommands() {
			return err
		}
		return named.Args(named, rest)
	}
}

// unknownWord says that a word of the command line, shown as whole, is none of
// known, and which one was probably meant.
func unknownWord(what, whole, word string, known []string) error {
	if near := recipes.Closest(word, known); near != "" {
		return fmt.Errorf("unknown %s %q\nhint: did you mean %q?", what, whole, near)
	}
	return fmt.Errorf("unknown %s %q\nhint: there are %s", what, whole, strings.Join(known, ", "))
}

// names are those of a registry, sorted.
func names[V any](registry map[string]V) []string { return slices.Sorted(maps.Keys(registry)) }
