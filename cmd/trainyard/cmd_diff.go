package main

import (
	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const diffLong = `Say what changed between two recipes or two datasets, or between one and the
other: the keys that differ, with who said them and what they make new; the
sources, what was asked of them, what they had and gave; files that were added,
removed or changed; and record by record what went out of the shards and came
into them, with the other side's reason.

A recipe is a built-in name or a file, a dataset the directory that prepare
wrote. Records are known by their trajectory ids. Nothing is written, and files
that recipes name are not looked for.`

const diffExample = `  trainyard diff hybrid-gym-7b hybrid-gym-32b
  trainyard diff out/mix-3 out/mix-4
  trainyard diff out/mix-3 out/mix-4 --all --json`

// listedRecords is how many records of each kind are listed without --all.
const listedRecords = 10

func newDiff(t *face.Terminal, s *settings) *cobra.Command {
	all := false
	cmd := &cobra.Command{
		Use:     "diff A B",
		Short:   "Say what changed between two recipes or datasets",
		Long:    diffLong,
		Example: diffExample,
		Args:    two("two recipes or dataset directories"),

		ValidArgsFunction: completeTwoRecipes,
		RunE: func(cmd *cobra.Command, args []string) error {
			req := yard.DiffRequest{A: args[0], B: args[1], Most: listedRecords}
			if all {
				req.Most = 0
			}
			return withYard(s, func(y *yard.Yard) error {
				d, err := y.Diff(cmd.Context(), req)
				return answerWith(t, s, d, err, printDiff)
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "list all records that fared otherwise, not the first of each kind alone")
	return cmd
}

// completeTwoRecipes offers built-in recipes and files for both arguments.
func completeTwoRecipes(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) >= 2 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return offers(yard.Lists["recipes"]()), cobra.ShellCompDirectiveDefault
}
