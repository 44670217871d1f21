package yard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"trainyard/launch"
	"trainyard/launch/sheet"
)

// A MixMetric says what came of training on a dataset.
type MixMetric struct {
	Dataset  string  `json:"run_id"` // as in MixRatio
	Recipe   string  `json:"name"`
	EvalLoss float64 `json:"eval_loss"` // mean of the newest ones of its runs that succeeded
	Runs     int     `json:"runs"`      // that the mean is of
}

// MixMetrics looks for the runs of datasets. A dataset of which none succeeded
// with an eval loss is an error, which comes with the others.
func (y *Yard) MixMetrics(ctx context.Context, dirs []string) ([]MixMetric, error) {
	var runs []launch.Run
	if y.hasLedger() {
		l, err := y.Launcher()
		if err != nil {
			return nil, err
		}
		if runs, err = l.Ledger.Runs(ctx, 0); err != nil {
			return nil, err
		}
	}
	var all []MixMetric
	var faults []error
	for _, dir := range dirs {
		d, name, err := y.openNamed(dir)
		if err != nil {
			return nil, err
		}
		m := MixMetric{Dataset: name, Recipe: d.Manifest.Recipe.Name}
		if m.EvalLoss, m.Runs = meanEvalLoss(runs, d.Dir); m.Runs == 0 {
			faults = append(faults, fmt.Errorf("%s: no run on it succeeded with an eval loss (trainyard runs)", dir))
			continue
		}
		all = append(all, m)
	}
	return all, errors.Join(faults...)
}

func meanEvalLoss(runs []launch.Run, dir string) (mean float64, n int) {
	for _, run := range runs {
		if run.Job.Evaluates == nil && run.State == launch.Succeeded && run.EvalLoss != nil && sameDir(run.Job.Dataset.Dir, dir) {
			mean += *run.EvalLoss
			n++
		}
	}
	return mean / float64(max(1, n)), n
}

// WriteMetrics writes the metrics as the table that olmix's fit reads as
// metrics.csv (olmix/fit/loaders.py): run_id, name, and a column for each metric.
func WriteMetrics(to io.Writer, all []MixMetric) error {
	lines := [][]string{{"run_id", "name", "eval_loss"}}
	for _, m := range all {
		lines = append(lines, []string{m.Dataset, m.Recipe, strconv.FormatFloat(m.EvalLoss, 'f', -1, 64)})
	}
	return sheet.WriteAll(to, lines)
}
