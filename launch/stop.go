package launch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Stop ends a run: the trainer is asked, given Grace to save, then killed. It
// returns when the run has ended, or when ctx ends first, which does not take
// the request back. A run that had ended already comes back as it is; of a lost
// one, what its backend still finds is ended. A full disk keeps nothing from
// ending.
func (l *Launcher) Stop(ctx context.Context, run Run) (Run, error) {
	if !l.mine(run) {
		return run, fmt.Errorf("stop run %s: it belongs to %s: stop it there", run.ID, run.Home)
	}
	run, err := l.handled(ctx, run)
	if err != nil || run.settled() {
		return run, err
	}
	backend, err := l.backend(run.Job.Backend)
	if err != nil {
		return run, err
	}
	if !run.State.Ended() {
		_, err := l.Ledger.Advance(ctx, run.ID, run.N, Change{To: Stopping, Reason: "stop requested"})
		if err != nil && !Unrecorded(err) {
			return l.overtaken(ctx, run, err)
		}
	}
	if err := backend.Stop(ctx, l.Dir(run), run.Handle, l.grace()); err != nil {
		return run, fmt.Errorf("stop run %s: %w", run.ID, err)
	}
	return l.until(ctx, run, func(r Run) bool { return r.State.Ended() })
}

// overtaken sorts out a stop that was refused: the run may have ended between
// the look and the step.
func (l *Launcher) overtaken(ctx context.Context, run Run, cause error) (Run, error) {
	now, err := l.Ledger.Run(ctx, run.ID)
	if err == nil && now.State.Ended() {
		return now, nil
	}
	return run, cause
}

// handled waits until a starting run has its handle, or ended without.
func (l *Launcher) handled(ctx context.Context, run Run) (Run, error) {
	waiting, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("it has been starting for %v, and cannot be stopped before it has started", startLimit))
	defer cancel()
	run, err := l.until(waiting, run, func(r Run) bool { return r.Handle != "" || r.State.Ended() })
	var left *uncollected
	switch {
	case err != nil && run.Handle == "":
		return run, fmt.Errorf("%w: %s", err, run.Reason)
	case errors.As(err, &left): // what an evaluation left keeps nothing from being stopped
		return run, nil
	}
	return run, err
}

// startLimit is far longer than a start takes. One that takes longer hangs, or
// its launcher was stopped.
const startLimit = 30 * time.Second

func (l *Launcher) until(ctx context.Context, run Run, done func(Run) bool) (Run, error) {
	for {
		var err error
		if run, err = l.Refresh(ctx, run); Unrecorded(err) {
			err = nil // the run is right, its record is not
		}
		if err != nil || done(run) {
			return run, err
		}
		if err := l.pause(ctx); err != nil {
			return run, fmt.Errorf("wait for run %s: %w", run.ID, err)
		}
	}
}

func (l *Launcher) grace() time.Duration {
	if l.Grace > 0 {
		return l.Grace
	}
	return 30 * time.Second
}
