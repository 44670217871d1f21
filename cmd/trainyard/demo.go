package main

import (
	"context"

	"github.com/spf13/cobra"

	"trainyard/launch"
)

func newDemo(t *terminal, s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "The whole road on sample trajectories: prepare, launch, follow",
		Long: `Prepare the built-in recipe demo from the sample trajectories, launch it on this
machine with the smoke trainer, follow it to its end, and say where everything
lies. Takes seconds; needs no network, no Python and no GPU.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd.Context(), t, s)
		},
	}
}

func runDemo(ctx context.Context, t *terminal, s *settings) error {
	return withLauncher(s, func(l *launch.Launcher) error {
		job, err := jobFor(ctx, t, s, l, "demo", nil, launchOptions{backend: "local"})
		if err != nil {
			return err
		}
		if err := start(ctx, t, s, l, job, false); err != nil || s.json() {
			return err
		}
		runs, err := l.Ledger.Runs(ctx, 1)
		if err != nil {
			return err
		}
		printWhere(t, s, l, runs[0])
		return nil
	})
}

func printWhere(t *terminal, s *settings, l *launch.Launcher, run launch.Run) {
	t.print("\nWhere everything lies\n")
	t.print("  trajectories  %s\n", s.samplesDir())
	t.print("  dataset       %s\n", run.Job.Dataset.Dir)
	t.print("  run           %s\n", l.Dir(run))
	t.print("  ledger        %s\n", launch.LedgerFile(l.Home))
	self := invocation(s, l.Self)
	t.print("\nWorth typing next\n")
	t.print("  %s inspect %s --row 1\n", self, run.Job.Dataset.Dir)
	t.print("  %s runs show %s\n", self, run.ID)
	t.print("  %s prepare hybrid-gym-32b --data YOUR_ROLLOUTS --dry-run\n", self)
}
