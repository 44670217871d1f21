package yard

import (
	"context"
	"errors"
	"fmt"

	"trainyard/launch"
	"trainyard/launch/env"
	"trainyard/launch/sweep"
	"trainyard/mix"
	"trainyard/recipes"
)

// cellOf names the cell of a recipe on the dataset that a manifest tells of.
func cellOf(r *recipes.Recipe, m *mix.Manifest, repeat int) string {
	c := sweep.Content{Recipe: r.Fingerprint(), Data: r.DataFingerprint(), Pipeline: m.Pipeline, Repeat: repeat, Lock: lockOf(r.Train.Trainer), Code: codeOf(r.Train.Params)}
	for _, f := range m.Inputs {
		c.Inputs = append(c.Inputs, f.SHA256)
	}
	for _, s := range m.Sources {
		for _, f := range s.Inputs {
			c.Inputs = append(c.Inputs, f.SHA256)
		}
	}
	return c.Hash()
}

// lockOf is the hash of a trainer's environment; empty where it has no lock.
func lockOf(trainer string) string {
	lock, err := env.Of(trainer)
	if err != nil {
		return ""
	}
	return lock.Hash()
}

// anew says how a launch is told that its cell is not to be paid twice.
func (y *Yard) anew(ctx context.Context, l *launch.Launcher, err error) error {
	var taken *launch.CellError
	if !errors.As(err, &taken) {
		return err
	}
	run, errRun := l.Ledger.Run(ctx, taken.Run)
	if errRun != nil {
		return err
	}
	attempts, errFacts := attemptsOf(ctx, l.Ledger, run)
	return errors.Join(fmt.Errorf("%w: it %s (--again runs it once more)", err, ranWords(run, totalOf(attempts))), errFacts)
}

// ranWords tells when a run was asked for, by which sweep, and what it cost.
func ranWords(run launch.Run, total Total) string {
	words := "was asked for on " + run.CreatedAt.Format("2 January 2006")
	if run.Job.Sweep != "" {
		words += " by the sweep " + run.Job.Sweep
	}
	if total.Dollars != nil {
		words += fmt.Sprintf(", $%.2f", *total.Dollars)
	}
	return words
}
