package launch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Deed is what tending a run came to.
type Deed struct {
	Run  Run    `json:"run"` // as it stands after
	What string `json:"what"`
	Err  error  `json:"-"`
}

// Tend looks after one run: brings it up to date, ends it where its money is used up,
// begins its next attempt where the one before ended by no fault of the run and the
// job allows another, and its evaluations where it has succeeded. It returns what it did; a run that needs nothing gives none.
func (l *Launcher) Tend(ctx context.Context, run Run) (Run, []Deed, error) {
	before := run.State
	run, err := l.Refresh(ctx, run)
	if err != nil {
		return run, nil, err
	}
	var deeds []Deed
	if run.State != before {
		deeds = append(deeds, Deed{Run: run, What: fmt.Sprintf("%s, was %s", run.State, before)})
	}
	for _, do := range []func(context.Context, Run) (Run, string, error){l.enforce, l.follow} {
		now, what, err := do(ctx, run)
		if what != "" || err != nil {
			run = now
			deeds = append(deeds, Deed{Run: run, What: what, Err: err})
		}
	}
	return run, append(deeds, l.Evaluate(ctx, run, run.Job.Evals)...), nil
}

// enforce stops a run that has cost more than its cap. The supervisor in the box watches
// the same cap; this one is for boxes whose own watch failed.
func (l *Launcher) enforce(ctx context.Context, run Run) (Run, string, error) {
	if l.Caps.Run == 0 || !run.State.Live() {
		return run, "", nil
	}
	spend, err := l.Ledger.Spend(ctx, SpendQuery{Run: run.ID})
	if err != nil || spend.Dollars <= l.Caps.Run {
		return run, "", err
	}
	what := fmt.Sprintf("its budget is used up: it has cost $%.2f, its cap is $%.2f", spend.Dollars, l.Caps.Run)
	run, err = l.Stop(ctx, run)
	return run, what, err
}

// restartPause lets a platform that takes machines away do something else first.
const restartPause = 30 * time.Second

// follow begins the next attempt of a run that ended by no fault of its own. A lost one
// is not followed: it may still run.
func (l *Launcher) follow(ctx context.Context, run Run) (Run, string, error) {
	if !run.State.Ended() || run.State == Lost || !l.mine(run) || run.N >= run.Job.Attempts || time.Since(run.EndedAt) < l.restartPause() {
		return run, "", nil
	}
	d, err := l.Diagnose(ctx, run)
	if err != nil || !d.Again || l.barren(ctx, run) {
		return run, "", err
	}
	next, err := l.Retry(ctx, run, Retry{Reason: fmt.Sprintf("%s, by itself (attempt %d of %d)", d.Class, run.N+1, run.Job.Attempts)})
	var overtaken *FenceError
	if errors.As(err, &overtaken) {
		return run, "", nil // another process was first
	}
	return next, fmt.Sprintf("attempt %d begun after %s", run.N+1, d.Class), err
}

func (l *Launcher) restartPause() time.Duration {
	if l.Poll > 0 {
		return min(restartPause, l.Poll)
	}
	return restartPause
}

// barren reports whether two attempts in a row, this one and the one before, got no
// step further: a third would not either.
func (l *Launcher) barren(ctx context.Context, run Run) bool {
	if run.N < 2 || run.ResumedStep == nil || run.Step > *run.ResumedStep {
		return false
	}
	earlier, err := l.Ledger.RunAt(ctx, run.ID, run.N-1)
	return err == nil && earlier.ResumedStep != nil && earlier.Step <= *earlier.ResumedStep
}

// Unfinished lists the runs that may need tending: those that go on, and those that
// ended and may have another attempt, or evaluations that are due, without those of
// other machines.
func (l *Launcher) Unfinished(ctx context.Context) ([]Run, error) {
	runs, err := l.Ledger.Runs(ctx, 0)
	awaiting, errEvals := l.awaiting(ctx, runs)
	var open []Run
	for _, r := range runs {
		if l.mine(r) && (!r.settled() || !r.heard || r.mayFollow() || awaiting[r.ID]) {
			open = append(open, r)
		}
	}
	return open, errors.Join(err, errEvals)
}

// mayFollow reports whether an ended run may still have another attempt by itself.
func (r Run) mayFollow() bool {
	return r.State.Ended() && r.State != Lost && r.State != Succeeded && r.State != Cancelled && r.N < r.Job.Attempts
}
