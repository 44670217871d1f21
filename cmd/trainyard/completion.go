package main

import (
	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/yard"
)

// completes makes the shell offer what a flag can name.
func completes(cmd *cobra.Command, flag, list string) {
	must(cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return offers(lists[list]()), cobra.ShellCompDirectiveNoFileComp
	}))
}

// must is for faults of this program that its first start shows.
func must(err error) {
	if err != nil {
		panic("trainyard: " + err.Error())
	}
}

func offers(all []listed) []string {
	words := make([]string, len(all))
	for i, l := range all {
		words[i] = l.Name + "\t" + l.Summary
	}
	return words
}

// completeRecipe offers built-in recipes for the first argument, and files.
func completeRecipe(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoSpace
	}
	return offers(listRecipes()), cobra.ShellCompDirectiveDefault
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
