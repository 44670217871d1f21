package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const compareLong = `Say what tells runs apart: the keys of their recipes that differ, their data, their
curves, what evaluations found out, how the agents behave, and what they cost.

A side is the id of a run, ids joined by commas (one recipe, several seeds), an arm
as SWEEP:ARM, or a sweep, which stands for all its arms; NAME= in front names it.
Every side is held against the first. Differences come with their intervals: over
instances for two runs, over instances and seeds where a side has several, and the
probabilities of all tests that are shown are corrected together, by Holm.

Runs that are named by their ids are brought up to date first.
Of a run with results of several checkpoints the last counts, or that of --step.
Instances that are missing count as not solved, unless --leave-missing.

Two folders of trajectories alone are compared by what the agents do: --trajectories
before=DIR --trajectories after=DIR, on the same instances pair by pair.`

const compareExample = `  trainyard compare 43c1597f 8d02b11e
  trainyard compare base=43c1597f,77aa01c3 mine=8d02b11e,91f3c0de --by tokens
  trainyard compare hybrid-gym-single-task --benchmark swe-bench_verified
  trainyard compare mine.yaml:few mine.yaml:all --trajectories few=eval/few --trajectories all=eval/all
  trainyard compare --trajectories before=eval/base --trajectories after=eval/tuned`

// listedInstances is how many of those won or lost are named without --all.
const listedInstances = 5

func newCompare(t *face.Terminal, s *settings) *cobra.Command {
	var req yard.CompareRequest
	var trajectories []string
	var step int64
	all := false
	cmd := &cobra.Command{
		Use: "compare A B …", Short: "Say what tells runs, arms or sweeps apart, and whether it is real", Long: compareLong, Example: compareExample,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && len(trajectories) > 1 {
				return nil
			}
			return needs("two runs, arms or sweeps, or --trajectories NAME=PATH twice")(cmd, args)
		},
		ValidArgsFunction: completeRun(s),
	}
	flags := cmd.Flags()
	choosingFlags(cmd, &req.Choosing, &step)
	flags.StringVar(&req.Trainer, "trainer", "", "trainer instead of the recipe's, where the cells of a sweep were run with one")
	completes(cmd, "trainer", "trainers")
	flags.StringVar(&req.Curve, "curve", "", "figure that is drawn, as the trainer names it (default loss)")
	flags.StringVar(&req.By, "by", "step", "what curves are drawn by: "+strings.Join(names(yard.Measures), ", "))
	flags.StringArrayVar(&trajectories, "trajectories", nil, "trajectories of a side's evaluation: SIDE=PATH, for each side; without runs these are the sides")
	flags.Float64Var(&req.Tolerance, "tolerance", 0.05, "part by which trained tokens may differ before it is warned of")
	flags.BoolVar(&all, "all", false, "name all instances that were won or lost, and all records that differ")
	must(cmd.RegisterFlagCompletionFunc("by", cobra.FixedCompletions(names(yard.Measures), cobra.ShellCompDirectiveNoFileComp)))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		req.What = args
		if cmd.Flags().Changed("step") {
			req.Step = &step
		}
		if all {
			req.Records = 1 << 30
		}
		var err error
		if req.Trajectories, err = sidePaths(trajectories); err != nil {
			return usageError{err}
		}
		if _, known := yard.Measures[req.By]; !known {
			return usageError{unknownWord("--by", req.By, req.By, names(yard.Measures))}
		}
		if req.Tolerance == 0 { // which is the default of a request
			return usageError{errors.New("--tolerance 0: give a part between 0 and 1")}
		}
		if err := req.Check(); err != nil {
			return usageError{err}
		}
		return withYard(s, func(y *yard.Yard) error {
			c, err := y.Compare(cmd.Context(), req)
			switch {
			case err != nil:
				return err
			case s.json():
				return t.PrintJSON(c)
			}
			return printComparison(t, c, all)
		})
	}
	return cmd
}

// choosingFlags say which results count.
func choosingFlags(cmd *cobra.Command, c *yard.Choosing, step *int64) {
	flags := cmd.Flags()
	flags.StringVar(&c.Benchmark, "benchmark", "", "results of this benchmark alone")
	flags.StringVar(&c.Metric, "metric", "", "scores and figures of this metric, such as loss (default: verdicts, else the main figure)")
	flags.Int64Var(step, "step", 0, "results of the checkpoint at this step (default: the last that was judged)")
	flags.BoolVar(&c.LeaveMissing, "leave-missing", false, "leave out instances that were not attempted or not graded, which else count as not solved")
}

// sidePaths reads SIDE=PATH.
func sidePaths(words []string) (all []yard.TrajectoriesOf, err error) {
	for _, word := range words {
		side, path, is := strings.Cut(word, "=")
		if at := strings.LastIndex(word, "="); is && at > 0 { // names of arms may hold one
			side, path = word[:at], word[at+1:]
		}
		if !is || side == "" || path == "" {
			return nil, fmt.Errorf("--trajectories %s: write SIDE=PATH, such as 1=eval/base", word)
		}
		all = append(all, yard.TrajectoriesOf{Side: side, Path: path})
	}
	return all, nil
}
