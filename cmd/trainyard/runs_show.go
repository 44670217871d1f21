package main

import (
	"context"
	"strings"
	"time"

	"trainyard/launch"
)

func runShow(ctx context.Context, t *terminal, s *settings, prefix string) error {
	return withRun(ctx, s, prefix, func(l *launch.Launcher, run launch.Run) error {
		events, err := l.Ledger.Events(ctx, run.ID)
		if err != nil {
			return err
		}
		metrics, err := l.Ledger.Metrics(ctx, run.ID, run.N)
		if err != nil {
			return err
		}
		if s.json() {
			return t.printJSON(struct {
				launch.Run
				Dir     string          `json:"dir"`
				Events  []launch.Event  `json:"events"`
				Metrics []launch.Metric `json:"metrics"`
			}{run, l.Dir(run), events, metrics})
		}
		printRun(t, l, run)
		printCurve(t, metrics)
		printEvents(t, events)
		return nil
	})
}

func printRun(t *terminal, l *launch.Launcher, run launch.Run) {
	j := run.Job
	t.print("Run      %s\n", run.ID)
	t.print("State    %s\n", strings.TrimSuffix(string(run.State)+": "+run.Reason, ": "))
	t.print("Recipe   %s (%.12s)\n", j.Recipe, j.Fingerprint)
	t.print("Dataset  %s: %s, %s tokens\n", j.Dataset.Dir, counted(j.Dataset.Train.Rows, "row"), thousands(j.Dataset.Train.Tokens))
	t.print("Trainer  %s on %s, attempt %d\n", j.Trainer, j.Backend, run.N)
	t.print("Progress %s, loss %s, validation loss %s\n", progressWords(run), lossWords(run.Loss), lossWords(run.EvalLoss))
	t.print("Time     %s\n", span(run.Duration(time.Now())))
	t.print("Cost     %s\n", costWords(run.Cost, j.Backend))
	t.print("Files    %s\n", l.Dir(run))
}

// printCurve draws the loss as one line of blocks, oldest left.
func printCurve(t *terminal, metrics []launch.Metric) {
	var losses []float64
	for _, m := range metrics {
		if m.Loss != nil {
			losses = append(losses, *m.Loss)
		}
	}
	if len(losses) > 1 {
		t.print("Loss     %s  %.4f to %.4f\n", sparkline(losses, 40), losses[0], losses[len(losses)-1])
	}
}

func printEvents(t *terminal, events []launch.Event) {
	t.print("\nHistory\n")
	for _, e := range events {
		t.print("  %s  %-9s  %s\n", e.At.Local().Format(time.DateTime), e.State, e.Text)
	}
}
