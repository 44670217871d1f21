package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const metricsLong = `Show what the trainer of a run told: every number of its log, under the key that
the trainer gave it. A curve goes over all attempts of the run: each begins where
the one before was resumed from, so that each step stands once. With --raw it
stands as often as it was told.

Without --key the keys are listed, each with its newest figure; --csv and --json
give the points of all of them.`

func newRunsMetrics(t *face.Terminal, s *settings) *cobra.Command {
	var req yard.MetricsRequest
	var asCSV bool
	cmd := &cobra.Command{
		Use:     "metrics ID",
		Short:   "Show the curves of a run: loss, gradient norm, whatever its trainer told",
		Long:    metricsLong,
		Example: "  trainyard runs metrics 43c1597f\n  trainyard runs metrics 43c1597f --key loss --key eval_loss --csv > curves.csv",
	}
	cmd.Flags().StringArrayVar(&req.Keys, "key", nil, "one key, as the trainer named it; may be repeated")
	cmd.Flags().BoolVar(&req.Raw, "raw", false, "all that was told, also steps that a later attempt did again")
	cmd.Flags().BoolVar(&asCSV, "csv", false, "print the points as CSV")
	return oneRun(s, cmd, func(ctx context.Context, y *yard.Yard, prefix string) error {
		if asCSV && s.json() {
			return usageError{errors.New("--csv and --json are two forms of one thing: give one")}
		}
		req.Run = prefix
		m, err := y.Metrics(ctx, req)
		switch {
		case err != nil:
			return err
		case s.json():
			return t.PrintJSON(m)
		case asCSV:
			return yard.WriteCurves(t.Out, m)
		case len(req.Keys) > 0:
			return pointTable(m).Write(t.Out)
		}
		return metricTable(m).Write(t.Out)
	})
}

// metricTable has a line for each key, with the figure of its newest attempt.
func metricTable(m *yard.RunMetrics) *face.Table {
	tab := face.NewTable("key", "newest", "at step", "points").Numbers(1, 2, 3)
	for _, c := range m.Curves {
		newest, step := "-", "-"
		if n := len(c.Points); n > 0 {
			newest, step = face.Number(float64(c.Points[n-1].Value)), face.Thousands(c.Points[n-1].Step)
		}
		tab.Row(c.Key, newest, step, face.Thousands(int64(len(c.Points))))
	}
	return tab
}

func pointTable(m *yard.RunMetrics) *face.Table {
	tab := face.NewTable("key", "step", "value", "attempt").Numbers(1, 2, 3)
	for _, c := range m.Curves {
		for _, p := range c.Points {
			tab.Row(c.Key, face.Thousands(p.Step), face.Number(float64(p.Value)), face.Thousands(int64(p.Attempt)))
		}
	}
	return tab
}
