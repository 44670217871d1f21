package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/launch"
)

const runsExample = `  trainyard runs
  trainyard runs show 43c1597f
  trainyard runs logs -f 43c1597f
  trainyard runs stop 43c1597f`

func newRuns(t *face.Terminal, s *settings) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:     "runs",
		Short:   "List runs, newest first; show, follow or stop one",
		Long:    "List runs, newest first. An ID may be shortened to any prefix that fits one run.",
		Example: runsExample,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 0 {
				return usageError{fmt.Errorf("--limit %d: give 0 for all, or a number", limit)}
			}
			return runRuns(cmd.Context(), t, s, limit)
		},
	}
	cmd.Flags().IntVarP(&limit, "limit", "n", 20, "how many to list (0 = all)")
	cmd.AddCommand(newRunsShow(t, s), newRunsLogs(t, s), newRunsStop(t, s))
	return cmd
}

func runRuns(ctx context.Context, t *face.Terminal, s *settings, limit int) error {
	return withLauncher(s, func(l *launch.Launcher) error {
		// Runs that could not be looked at are in the list as they were last seen.
		runs, err := l.List(ctx, limit)
		return errors.Join(printRuns(t, s, runs), err)
	})
}

func printRuns(t *face.Terminal, s *settings, runs []launch.Run) error {
	switch {
	case s.json():
		return t.PrintJSON(append([]launch.Run{}, runs...))
	case len(runs) == 0:
		t.Print("No runs yet. Start one: trainyard demo\n")
		return nil
	}
	return runTable(runs).Write(t.Out)
}

func runTable(runs []launch.Run) *face.Table {
	tab := face.NewTable("id", "recipe", "trainer", "backend", "state", "progress", "loss", "validation", "time", "cost").Numbers(5, 6, 7, 8)
	short := launch.ShortIDs(runs)
	for _, r := range runs {
		tab.Row(short[r.ID], r.Job.Recipe, r.Job.Trainer, r.Job.Backend, stateWords(r),
			progressWords(r), lossWords(r.Loss), lossWords(r.EvalLoss), face.Span(r.Duration(time.Now())), costCell(r.Cost))
	}
	return tab
}

// stateWords is the state, with what must not be overlooked beside it.
func stateWords(r launch.Run) string {
	words := string(r.State)
	if r.Stalled != "" {
		words += ", stalled"
	}
	if r.Diverged {
		words += ", diverged"
	}
	return words
}

func progressWords(r launch.Run) string {
	if r.TotalSteps == 0 {
		return "-"
	}
	return fmt.Sprintf("%s/%s", face.Thousands(r.Step), face.Thousands(r.TotalSteps))
}

func lossWords(loss *float64) string {
	if loss == nil {
		return "-"
	}
	return fmt.Sprintf("%.4f", *loss)
}

func costCell(cost *float64) string {
	if cost == nil {
		return "-"
	}
	return face.Dollars(*cost)
}

// withRun finds the run that prefix names and brings it up to date.
func withRun(ctx context.Context, s *settings, prefix string, do func(*launch.Launcher, launch.Run) error) error {
	return withLauncher(s, func(l *launch.Launcher) error {
		run, err := l.Ledger.Find(ctx, prefix)
		if err != nil {
			return err
		}
		if run, err = l.Refresh(ctx, run); err != nil {
			return err
		}
		return do(l, run)
	})
}

func newRunsShow(t *face.Terminal, s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show one run: its job, its history, its files",
		Args:  exactly("the id of a run, or a prefix of one (trainyard runs)"),

		ValidArgsFunction: completeRun(s),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runShow(cmd.Context(), t, s, args[0])
		},
	}
}

func newRunsLogs(t *face.Terminal, s *settings) *cobra.Command {
	var following bool
	cmd := &cobra.Command{
		Use:   "logs ID",
		Short: "Print what the trainer wrote",
		Args:  exactly("the id of a run, or a prefix of one (trainyard runs)"),

		ValidArgsFunction: completeRun(s),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withRun(cmd.Context(), s, args[0], func(l *launch.Launcher, run launch.Run) error {
				return l.Logs(cmd.Context(), run, t.Out, 0, following)
			})
		},
	}
	cmd.Flags().BoolVarP(&following, "follow", "f", false, "go on until the run has ended")
	return cmd
}

func newRunsStop(t *face.Terminal, s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "stop ID",
		Short: "Ask the trainer to save and end, and end it if it does not",
		Args:  exactly("the id of a run, or a prefix of one (trainyard runs)"),

		ValidArgsFunction: completeRun(s),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStop(cmd.Context(), t, s, args[0])
		},
	}
}

func runStop(ctx context.Context, t *face.Terminal, s *settings, prefix string) error {
	return withRun(ctx, s, prefix, func(l *launch.Launcher, run launch.Run) error {
		ended := run.State.Ended()
		run, err := l.Stop(ctx, run)
		if err != nil {
			return err
		}
		if s.json() {
			return t.PrintJSON(run)
		}
		if ended {
			t.Print("Run %s had ended already: %s\n", run.ID, endWords(run))
			return nil
		}
		t.Print("Run %s: %s\n", run.ID, endWords(run))
		return nil
	})
}
