package main

import (
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/yard"
)

// completes makes the shell offer what a flag can name.
func completes(cmd *cobra.Command, flag, list string) {
	must(cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return offers(yard.Lists[list]()), cobra.ShellCompDirectiveNoFileComp
	}))
}

// must is for faults of this program that its first start shows.
func must(err error) {
	if err != nil {
		panic("trainyard: " + err.Error())
	}
}

func offers(all []yard.Listed) []string {
	words := make([]string, len(all))
	for i, l := range all {
		words[i] = l.Name + "\t" + l.Summary
	}
	return words
}

// completeRecipe offers built-in recipes and files for the first argument, and
// for the others what the recipe's keys can say.
func completeRecipe(_ *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return offers(yard.Lists["recipes"]()), cobra.ShellCompDirectiveDefault
	}
	offered := yard.Overrides(args[0], toComplete)
	if strings.Contains(toComplete, "=") {
		return offers(offered), cobra.ShellCompDirectiveNoFileComp
	}
	return offers(offered), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeSweep offers the sweeps that are built in, and files.
func completeSweep(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return offers(yard.Lists["sweeps"]()), cobra.ShellCompDirectiveDefault
	}
	return completeRecipe(cmd, args, toComplete)
}

// completeRun offers the ids of runs.
func completeRun(s *settings) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 || s.load(cmd) != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var words []string
		err := withYard(s, func(y *yard.Yard) error {
			runs, err := y.Known(cmd.Context(), toComplete, 50)
			for _, r := range runs {
				words = append(words, r.Short+"\t"+r.Job.Recipe+" "+string(r.State))
			}
			return err
		})
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}
