package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
)

const evalRemoveLong = `Remove results of a run, such as those of a report that was imported for the wrong one.
Without --yes they are only shown. The flags choose among them; --seed none and --step
none are those that tell none. Reports stay where they lie, and so do the runs of
evaluations: what such a run has left can be imported again, and reconcile --rebuild
brings it back.`

func newEvalRemove(t *face.Terminal, s *settings) *cobra.Command {
	var req yard.EvalRemoval
	var seed, step string
	cmd := &cobra.Command{
		Use: "remove RUN", Short: "Remove results of a run", Long: evalRemoveLong, ValidArgsFunction: completeRun(s),
		Args:    exactly("the id of a run, or a prefix of one"),
		Example: "  trainyard eval remove 43c1597f --benchmark swe-bench_lite\n  trainyard eval remove 43c1597f --benchmark swe-bench_lite --step none --yes",
	}
	flags := cmd.Flags()
	flags.StringVar(&req.Benchmark, "benchmark", "", "those of this one alone")
	flags.StringVar(&req.Split, "split", "", "those of this part of it alone")
	flags.StringVar(&req.Scaffold, "scaffold", "", "those of this agent alone")
	flags.StringVar(&seed, "seed", "", "those of this repetition alone: a number, or none")
	flags.StringVar(&step, "step", "", "those of this checkpoint alone: a number, or none")
	flags.BoolVar(&req.Sure, "yes", false, "remove them")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var errSeed, errStep error
		req.Run = args[0]
		req.Seed, errSeed = toldOrNone("seed", seed)
		req.Step, errStep = toldOrNone("step", step)
		if err := errors.Join(errSeed, errStep); err != nil {
			return usageError{err}
		}
		return withYard(s, func(y *yard.Yard) error {
			done, err := y.RemoveResults(cmd.Context(), req)
			switch {
			case done == nil:
				return err
			case s.json():
				return errors.Join(t.PrintJSON(done), err)
			case err == nil:
				printRemoved(t, done)
			}
			return err
		})
	}
	return cmd
}

func toldOrNone(flag, text string) (yard.NumberOrNone, error) {
	if text == "" || text == "none" {
		return yard.NumberOrNone{Asked: text != ""}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return yard.NumberOrNone{}, fmt.Errorf("--%s %q is neither a number nor none", flag, text)
	}
	return yard.NumberOrNone{Asked: true, Number: &n}, nil
}

func printRemoved(t *face.Terminal, done *yard.EvalRemoved) {
	word := "would go"
	if done.Removed {
		word = "removed"
	}
	for _, r := range done.Results {
		t.Print("%-8s %.8s %s: %s, from %s\n", word, r.Run, launch.ResultName(r.Result), resultWords(r), r.Source.File)
	}
	if !done.Removed {
		t.Say("Nothing was removed; --yes removes %s", face.Plural(len(done.Results), "result", "results"))
	}
}
