package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
)

const retryLong = `Begin the next attempt of a run that has ended, in a directory of its own, with the
job that the ledger has. It goes on from the newest whole checkpoint of any attempt,
or begins at step 0 where there is none. Values of secrets are not in the ledger:
they must stand in this command's environment.

A run that is lost may still be running somewhere. Make sure that it is not before
you say --after-lost: two attempts would write, and be paid for.`

const resumeLong = `Begin the next attempt of a run that has ended, from a checkpoint: the newest whole one
of any attempt, or that of --step. Without one nothing is started. A checkpoint that
was being written when its trainer died is told and passed over.`

func newRunsRetry(t *face.Terminal, s *settings) *cobra.Command {
	var how launch.Retry
	var detach bool
	cmd := &cobra.Command{Use: "retry ID", Short: "Begin the next attempt of a run that has ended", Long: retryLong, Example: "  trainyard runs retry 43c1597f\n  trainyard runs retry 43c1597f --fresh"}
	cmd.Flags().BoolVar(&how.Fresh, "fresh", false, "begin at step 0, whatever was saved")
	retryFlags(cmd, &how, &detach)
	return oneRun(s, cmd, func(ctx context.Context, y *yard.Yard, prefix string) error {
		return runRetry(ctx, t, s, y, prefix, how, detach)
	})
}

func newRunsResume(t *face.Terminal, s *settings) *cobra.Command {
	how := launch.Retry{Resume: true}
	var detach bool
	cmd := &cobra.Command{Use: "resume ID", Short: "Go on from a checkpoint of a run that has ended", Long: resumeLong, Example: "  trainyard runs resume 43c1597f\n  trainyard runs resume 43c1597f --step 150"}
	cmd.Flags().Int64Var(&how.From, "step", 0, "the checkpoint's step (default: the newest whole one)")
	retryFlags(cmd, &how, &detach)
	return oneRun(s, cmd, func(ctx context.Context, y *yard.Yard, prefix string) error {
		return runRetry(ctx, t, s, y, prefix, how, detach)
	})
}

func retryFlags(cmd *cobra.Command, how *launch.Retry, detach *bool) {
	cmd.Flags().StringVar(&how.Reason, "reason", "", "why, for the history")
	cmd.Flags().BoolVar(&how.AfterLost, "after-lost", false, "I have made sure that the lost attempt does not run")
	cmd.Flags().BoolVar(&how.Again, "again", false, "another attempt, and another bill, although the run has succeeded")
	cmd.Flags().BoolVarP(detach, "detach", "d", false, "start and return")
}

func runRetry(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, prefix string, how launch.Retry, detach bool) error {
	run, err := y.Retry(ctx, prefix, how)
	if errors.Is(err, launch.ErrSucceeded) {
		return fmt.Errorf("%w: say --again to begin it all the same", err)
	}
	if err != nil {
		return err
	}
	if !s.json() {
		from := "from the beginning"
		if run.ResumedFrom != "" {
			from = "from " + run.ResumedFrom
		}
		t.Print("Run %s: attempt %d started %s, in %s\n", run.ID, run.N, from, y.RunDir(run))
	}
	if !detach {
		if run, err = follow(ctx, t, s, y, run); err != nil {
			return err
		}
	}
	if err := printStarted(t, s, run); err != nil {
		return err
	}
	if !detach && run.State != launch.Succeeded {
		return fmt.Errorf("%w: see %s runs logs %s", errRunNotSucceeded, invocation(s), run.ID)
	}
	return nil
}

func newRunsCheckpoints(t *face.Terminal, s *settings) *cobra.Command {
	cmd := &cobra.Command{Use: "checkpoints ID", Short: "List what the attempts of a run saved, and whether it is whole", Example: "  trainyard runs checkpoints 43c1597f"}
	return oneRun(s, cmd, func(ctx context.Context, y *yard.Yard, prefix string) error {
		found, err := y.Checkpoints(ctx, prefix)
		if found == nil {
			return err
		}
		return errors.Join(printCheckpoints(t, s, found), err)
	})
}

func printCheckpoints(t *face.Terminal, s *settings, found *yard.RunCheckpoints) error {
	if s.json() {
		return t.PrintJSON(found)
	}
	if len(found.Checkpoints) == 0 {
		t.Print("Run %s has saved no checkpoint.\n", found.Run)
		return nil
	}
	tab := face.NewTable("step", "attempt", "checkpoint", "whole").Numbers(0, 1).Wraps(3)
	for _, c := range found.Checkpoints {
		whole := "yes"
		if !c.Whole {
			whole = "no: " + c.Fault
		}
		tab.Row(face.Thousands(c.Step), fmt.Sprint(c.Attempt), c.Name, whole)
	}
	return tab.Write(t.Out)
}
