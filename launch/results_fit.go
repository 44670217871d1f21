package launch

import (
	"context"
	"errors"
	"fmt"
)

// ErrNotOfRun: a result cannot be one of the run that it is said to be of.
var ErrNotOfRun = errors.New("it is no result of this run")

// fits refuses a result of a run that trains nothing, and one of a step that the run has
// not come to. Where no step was told it may be of any.
func (in Import) fits(ctx context.Context, l *Ledger) error {
	run, err := l.Run(ctx, in.Run)
	if err != nil {
		return fmt.Errorf("import %s: %w", in.Result.Source.File, err)
	}
	if e := run.Job.Evaluates; e != nil {
		return fmt.Errorf("import %s: %w: run %s is evaluation %s of run %s, whose result it is: trainyard eval import %.8s %s",
			in.Result.Source.File, ErrNotOfRun, run.ID, e.Name, e.Run, e.Run, in.Result.Source.File)
	}
	if in.Result.Step == nil {
		return nil
	}
	attempts, err := l.Attempts(ctx, in.Run)
	if err != nil {
		return err
	}
	if last := lastStep(attempts); last > 0 && *in.Result.Step > last {
		return fmt.Errorf("import %s: %w: it is of step %d, and run %s has %d: say the --step of the checkpoint that was evaluated, or leave it out for the end of the run",
			in.Result.Source.File, ErrNotOfRun, *in.Result.Step, in.Run, last)
	}
	return nil
}

// lastStep is the last step that any of the attempts can have a checkpoint of; 0: not
// known. One that goes on has all that it was asked for before it.
func lastStep(attempts []Attempt) (last int64) {
	for _, a := range attempts {
		last = max(last, a.Step)
		if a.SavedStep != nil {
			last = max(last, *a.SavedStep)
		}
		if !a.heard {
			last = max(last, a.TotalSteps)
		}
	}
	return last
}
