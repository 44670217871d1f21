package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/sweep"
)

var sweepLong = `Run the cells of a sweep: a recipe with a sweep block, which says what is varied.

  sweep:
    matrix: [{key: train.lr, values: [1e-5, 5e-5]}]   # axes over any key, multiplied
    zip: [[{key: model.base, values: [A, B]}, {key: train.batch, values: [8, 16]}]]
    seeds: [1, 2, 3]                                   # of train.seed
    arms: [{name: few, recipe: OTHER, set: {mix.budget: 500}}, {name: all}]
    mixes: {by: leave-one-out}                         # see: trainyard mixes
    exclude: [{arm: few, train.seed: 3}]               # as GitHub Actions has them
    include: [{arm: all, train.batch: 32}]
    repeat: 2
    stop: {worse: 0.2, after: 0.3, dollars: 500}
    stages:                                            # all at 7B, then the best at 32B
      - {name: small, set: {model.base: A-7B}}
      - {name: large, set: {model.base: A-32B}, top: 2, by: "eval:verified"}

A stage runs those variants (all but seed and repeat) that did best in the one before: the
top so many, or those better than a number, by loss or eval_loss at equal tokens, or by
eval:NAME (metric: a figure of it; best: highest or lowest). It begins when every cell
before has its figure; a cell that failed leaves it open.

A cell that has succeeded is evaluated as the recipe's eval: says (trainyard list
evaluations), once each; "sweep run" waits for that, and retries what failed when it is
called again.

A cell is its content: recipe, data, environment of the trainer and code. One that any
run has, of this sweep, another or a single launch, is not run again. "sweep run" that
was killed goes on when it is called again.

The states of a cell, and of an evaluation:
` + stateLines()

// stateLines say what the states mean.
func stateLines() string {
	var lines []string
	for _, s := range sweep.States {
		lines = append(lines, fmt.Sprintf("  %-11s%s", s, sweep.Meanings[s]))
	}
	return strings.Join(lines, "\n")
}

func newSweep(t *face.Terminal, s *settings) *cobra.Command {
	cmd := &cobra.Command{Use: "sweep", Short: "Plan and run many cells of one recipe", Long: sweepLong, Example: "  trainyard sweep plan mine.yaml\n  trainyard sweep run mine.yaml --parallel 2"}
	cmd.AddCommand(newSweepPlan(t, s), newSweepRun(t, s), newSweepStatus(t, s), newSweepDiff(t, s), newSweepStop(t, s), newTable(t, s, "table FILE"))
	return cmd
}

// sweepCommand is a command on the file of a sweep.
func sweepCommand(s *settings, use, short, long, example string, run func(ctx context.Context, y *yard.Yard, req yard.SweepRequest) error) (*cobra.Command, *yard.SweepRequest) {
	var req yard.SweepRequest
	var gpuHour float64
	cmd := &cobra.Command{
		Use: use + " FILE [key=value …]", Short: short, Long: long, Example: example,
		Args:              needs("the file of a sweep, or the name of one that is built in (trainyard list sweeps)"),
		ValidArgsFunction: completeSweep,
		RunE: func(cmd *cobra.Command, args []string) error {
			req.File, req.Overrides = args[0], args[1:]
			if cmd.Flags().Changed("gpu-hour") {
				req.Launch.GPUHour = &gpuHour
			}
			return withYard(s, func(y *yard.Yard) error { return run(cmd.Context(), y, req) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&req.Launch.Trainer, "trainer", "", "trainer instead of the recipe's; see: trainyard list trainers")
	flags.StringVar(&req.Launch.Backend, "backend", "local", "where cells run; see: trainyard list backends")
	flags.IntVar(&req.Launch.GPUs, "gpus", 1, "GPUs on each machine of a cell")
	flags.IntVar(&req.Launch.Nodes, "nodes", 1, "machines that train a cell together")
	flags.DurationVar(&req.Launch.Deadline, "deadline", 0, "end an attempt that long after its trainer started, such as 12h (0 = never)")
	flags.IntVar(&req.Launch.Attempts, "attempts", 1, "how many attempts a cell may have where one lost its machine")
	flags.StringVar(&req.Launch.GPU, "gpu", "", "kind of GPU, such as h100, for prices and the estimate")
	flags.IntVar(&req.Count, "count", 0, "number of GPUs that the estimate is for (default: gpus x nodes, or 8)")
	flags.Float64Var(&gpuHour, "gpu-hour", 0, "price of one GPU for an hour in dollars")
	flags.StringArrayVar(&req.Launch.Env, "env", nil, "variable for trainers on another machine: NAME for this environment's value, or NAME=value")
	s.recipeFlags(cmd)
	completes(cmd, "backend", "backends")
	completes(cmd, "trainer", "trainers")
	return cmd, &req
}

func planSweep(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, req yard.SweepRequest) (*yard.SweepPlan, error) {
	line := newProgress(t, s)
	p, err := y.PlanSweep(ctx, req, line.Update)
	line.Finish()
	if errors.Is(err, yard.ErrSite) || errors.Is(err, yard.ErrBackend) {
		return nil, usageError{err}
	}
	return p, err
}

func newSweepPlan(t *face.Terminal, s *settings) *cobra.Command {
	long := "Show every cell of a sweep: its mix as asked and got, tokens, steps, hours and dollars,\nwhat has become of it, which datasets are shared, and the total against the caps.\nNothing is started, and nothing is written."
	cmd, _ := sweepCommand(s, "plan", "Show the cells of a sweep and what they would cost", long, "  trainyard sweep plan hybrid-gym-scaling --data ~/rollouts --gpu h100 --count 8", func(ctx context.Context, y *yard.Yard, req yard.SweepRequest) error {
		p, err := planSweep(ctx, t, s, y, req)
		return answerWith(t, s, p, err, printSweepPlan)
	})
	return cmd
}

func newSweepRun(t *face.Terminal, s *settings) *cobra.Command {
	var asked yard.SweepRequest
	var yes bool
	long := "Start the cells that no run has, and those that had failed, as many at once as there is\nroom for, and look after them until all have ended. Killed and called again it goes on.\nCtrl-C leaves the runs alone. A run that the stop rules end is told and not started again."
	cmd, _ := sweepCommand(s, "run", "Run the cells of a sweep that have not run", long, "  trainyard sweep run mine.yaml --parallel 4\n  trainyard sweep run mine.yaml --backend lab --gpus 8 --gpu-hour 2.5 --deadline 12h --max-dollars 400", func(ctx context.Context, y *yard.Yard, req yard.SweepRequest) error {
		req.Room, req.Order, req.Launch.Replace = asked.Room, asked.Order, asked.Launch.Replace
		return runSweep(ctx, t, s, y, req, yes)
	})
	flags := cmd.Flags()
	flags.IntVar(&asked.Room.Runs, "parallel", 1, "how many cells run at once (0 = all)")
	flags.IntVar(&asked.Room.GPUs, "max-gpus", 0, "how many GPUs the cells have at once (0 = no bound)")
	flags.Float64Var(&asked.Room.Dollars, "max-dollars", 0, "what the cells that run may cost, from now to their worst ends (0 = no bound)")
	flags.StringVar(&asked.Order, "order", "listed", "order of the cells: "+strings.Join(names(sweep.Orders), ", "))
	flags.BoolVar(&asked.Launch.Replace, "replace", false, "write over datasets that were made from other inputs")
	flags.BoolVarP(&yes, "yes", "y", false, "accept a worst case above the setting ask-above")
	return cmd
}

func runSweep(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, req yard.SweepRequest, yes bool) error {
	if _, known := sweep.Orders[req.Order]; !known {
		return usageError{fmt.Errorf("order %q: there are %s", req.Order, strings.Join(names(sweep.Orders), ", "))}
	}
	if err := req.Room.Check(); err != nil {
		return usageError{err}
	}
	p, err := planSweep(ctx, t, s, y, req)
	if err != nil {
		return err
	}
	if said := y.SaidGPUHour(req.Launch); said != nil && *said > 0 && req.Launch.Deadline == 0 {
		return yard.ErrNoDeadline
	}
	if err := acceptMoney(t, s, sweepMoney(p), yes); err != nil {
		return err
	}
	tellSweep(t, p)
	err = y.RunSweep(ctx, p, req, newSweepTally(p).telling(t))
	if err != nil && ctx.Err() != nil {
		t.Say("The runs go on. Look after them again, and start the rest: %s sweep run %s; end them: %s sweep stop %s", invocation(s), req.File, invocation(s), req.File)
	}
	if err != nil {
		return err
	}
	if err := printSweepStatus(t, s, p); err != nil {
		return err
	}
	if n := p.Total.By[sweep.Stopped]; n > 0 {
		t.Say("%s by a rule, as meant", face.Plural(n, "cell was stopped", "cells were stopped"))
	}
	return sweepEnd(p, invocation(s), req.File)
}

// sweepMoney is the worst case of what is left to start.
func sweepMoney(p *yard.SweepPlan) yard.Money {
	m := yard.Money{Worst: p.Total.Left}
	if m.Worst != nil {
		m.Words = fmt.Sprintf("%s at most, for all cells that are to be started", face.Dollars(*m.Worst))
	}
	return m
}

func newSweepStatus(t *face.Terminal, s *settings) *cobra.Command {
	cmd, _ := sweepCommand(s, "status", "Show what has become of each cell", "Show what has become of each cell, by the runs of any sweep or launch that are its.", "  trainyard sweep status mine.yaml", func(ctx context.Context, y *yard.Yard, req yard.SweepRequest) error {
		p, err := planSweep(ctx, t, s, y, req)
		if err != nil {
			return err
		}
		return printSweepStatus(t, s, p)
	})
	return cmd
}

func newSweepDiff(t *face.Terminal, s *settings) *cobra.Command {
	cmd, _ := sweepCommand(s, "diff", "Show what an edit of a sweep keeps, adds and orphans", "Hold the file of a sweep against the runs that it has asked for: cells that have theirs,\ncells that are new or changed, and runs that no cell means any more.", "  trainyard sweep diff mine.yaml", func(ctx context.Context, y *yard.Yard, req yard.SweepRequest) error {
		p, err := planSweep(ctx, t, s, y, req)
		if err != nil {
			return err
		}
		d := p.Diff()
		if s.json() {
			return t.PrintJSON(d)
		}
		return printSweepDiff(t, p, d)
	})
	return cmd
}

func newSweepStop(t *face.Terminal, s *settings) *cobra.Command {
	return &cobra.Command{
		Use: "stop FILE|NAME [key=value …]", Short: "End the runs of a sweep, and start no more", Example: "  trainyard sweep stop mine.yaml\n  trainyard sweep stop mine",
		Long:              "Keep cells from being started by any process, until the sweep is run again, and end the\nruns that it has asked for. Those that others asked for go on. NAME is one of which the\nledger knows.",
		Args:              needs("the file of a sweep, or the name of one that ran"),
		ValidArgsFunction: completeSweep,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withYard(s, func(y *yard.Yard) error {
				name, err := y.SweepName(cmd.Context(), args[0], args[1:])
				if err != nil {
					return err
				}
				ended, err := y.StopSweep(cmd.Context(), name, func(n yard.SweepNews) { sayNews(t, n) })
				if s.json() {
					return errors.Join(err, t.PrintJSON(map[string]any{"sweep": name, "ended": ended}))
				}
				t.Print("Sweep %s: %s ended; nothing more is started until it is run again.\n", name, face.Counted(ended, "run"))
				return err
			})
		},
	}
}
