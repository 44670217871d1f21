package main

import (
	"context"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
)

func newDemo(t *face.Terminal, s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "The whole road on sample trajectories: prepare, launch, follow, sweep, compare",
		Long: `Prepare the built-in recipe demo from the sample trajectories, launch it on this
machine with the smoke trainer, and follow it to its end. Then run a sweep, a quarter
of the mix against all of it with two seeds each, judge every model by its loss on each
conversation that was held out, and say whether the mixes differ. Takes seconds;
needs no network, no Python and no GPU.`,
		Example: "  trainyard demo\n  trainyard demo --home /tmp/yard",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd.Context(), t, s)
		},
	}
}

func runDemo(ctx context.Context, t *face.Terminal, s *settings) error {
	return withYard(s, func(y *yard.Yard) error {
		run, err := runLaunch(ctx, t, s, y, yard.LaunchRequest{What: "demo", Backend: "local", Again: true}, launchWords{})
		if err != nil || s.json() {
			return err
		}
		if err := sweepDemo(ctx, t, s, y); err != nil {
			return err
		}
		printWhere(t, s, y, run)
		return nil
	})
}

func printWhere(t *face.Terminal, s *settings, y *yard.Yard, run launch.Run) {
	t.Print("\nWhere everything lies\n")
	t.Print("  trajectories  %s\n", y.SamplesDir())
	t.Print("  dataset       %s\n", run.Job.Dataset.Dir)
	t.Print("  run           %s\n", y.RunDir(run))
	t.Print("  ledger        %s\n", launch.LedgerFile(y.Home))
	self := invocation(s)
	t.Print("\nWorth typing next\n")
	t.Print("  %s inspect %s --row 1\n", self, run.Job.Dataset.Dir)
	t.Print("  %s runs show %s\n", self, run.ID)
	t.Print("  %s table %s --by arm\n", self, demoSweep)
	t.Print("  %s compare %s\n", self, demoSweep)
	t.Print("  %s prepare hybrid-gym-32b --data YOUR_ROLLOUTS --dry-run\n", self)
}
