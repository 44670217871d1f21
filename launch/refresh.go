package launch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// Refresh asks the backend how the run stands, reads what its trainer logged
// since, and writes both to the ledger. An attempt whose launcher died before
// it saved the handle is adopted or declared never started. Runs that ended
// come back as they are, but for a lost one with a handle: what was out of sight
// may be seen again. With an error comes the run as last known.
func (l *Launcher) Refresh(ctx context.Context, run Run) (Run, error) {
	run, err := l.reload(ctx, run)
	if err != nil || run.settled() {
		return run, err
	}
	backend, ok := l.Backends[run.Job.Backend]
	if !ok {
		return run, unknown("backend", run.Job.Backend, l.Backends)
	}
	if run.Handle == "" {
		return l.adopt(ctx, run, backend)
	}
	// The status comes first: whatever the trainer logged before it ended is
	// then in the file that is read after.
	status, err := backend.Status(ctx, l.Dir(run), run.Handle)
	if err != nil {
		return run, fmt.Errorf("run %s: %w", run.ID, err)
	}
	if err := l.readProgress(ctx, run, backend); err != nil {
		return run, err
	}
	if err := l.record(ctx, run, status); err != nil {
		return run, err
	}
	return l.reload(ctx, run)
}

// reload reads the run again; a ledger that does not answer leaves it as it is.
func (l *Launcher) reload(ctx context.Context, run Run) (Run, error) {
	now, err := l.Ledger.Run(ctx, run.ID)
	if err != nil {
		return run, err
	}
	return now, nil
}

// adopt looks after an attempt without a handle, unless its launcher lives.
func (l *Launcher) adopt(ctx context.Context, run Run, backend Backend) (Run, error) {
	unlock, err := tryLock(l.lockPath(run.ID))
	if errors.Is(err, errHeld) {
		return run, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return l.abandon(ctx, run)
	}
	if err != nil {
		return run, err
	}
	defer unlock()
	run, err = l.reload(ctx, run)
	if err != nil || run.Handle != "" || run.State.Ended() {
		return run, err
	}
	return l.settle(context.WithoutCancel(ctx), run, backend, nil)
}

// abandon ends an attempt without a handle whose directory is gone, and with it
// every trace of what may have been started. Should its launcher live, it finds
// that it may not start any more, or takes it from lost to running.
func (l *Launcher) abandon(ctx context.Context, run Run) (Run, error) {
	change := Change{To: Lost, Reason: "its directory is gone, and nobody knows what became of it: " + l.runDir(run.ID), EndedAt: time.Now()}
	if run.State == Pending {
		change.To, change.Reason = Failed, "never started: its directory is gone: "+l.runDir(run.ID)
	}
	if _, err := l.Ledger.Advance(context.WithoutCancel(ctx), run.ID, run.N, change); err != nil {
		return run, err
	}
	return l.reload(ctx, run)
}

func (l *Launcher) record(ctx context.Context, run Run, status Status) error {
	if status.State == Running && run.State == Lost {
		return l.reappear(ctx, run, status)
	}
	if status.State == Running {
		if status.Reason != "" && status.Reason != run.Reason {
			return l.Ledger.Note(ctx, run.ID, run.N, status.Reason)
		}
		return nil
	}
	change := Change{To: status.State, Reason: status.Reason, StartedAt: status.StartedAt, EndedAt: status.EndedAt, Signal: status.Signal}
	if change.EndedAt.IsZero() {
		change.EndedAt = time.Now()
	}
	if status.Code >= 0 {
		change.Code = &status.Code
	}
	return l.advanceUnlessEnded(ctx, run, change)
}

// reappear takes a lost run back to running when somebody has seen it. What was
// merely last known is no news.
func (l *Launcher) reappear(ctx context.Context, run Run, status Status) error {
	if status.LastKnown {
		return nil
	}
	reason := "found again"
	if status.Reason != "" {
		reason += ": " + status.Reason
	}
	return l.advanceUnlessEnded(ctx, run, Change{To: Running, Reason: reason})
}

// advanceUnlessEnded leaves alone what another process saw the end of first.
func (l *Launcher) advanceUnlessEnded(ctx context.Context, run Run, change Change) error {
	_, err := l.Ledger.Advance(ctx, run.ID, run.N, change)
	var overtaken *TransitionError
	if errors.As(err, &overtaken) && overtaken.From.Ended() {
		return nil
	}
	return err
}

// readProgress copies the lines that the trainer has added into the ledger.
func (l *Launcher) readProgress(ctx context.Context, run Run, backend Backend) error {
	if run.Progress == "" {
		return nil
	}
	from, err := l.Ledger.readBytes(ctx, run.ID, run.N)
	if err != nil {
		return err
	}
	metrics, n, err := l.tail(ctx, run, backend, from)
	if err != nil || n == 0 {
		return err
	}
	return l.Ledger.addMetrics(ctx, run.ID, run.N, from, from+n, metrics)
}

// tail reads the complete lines of the progress file after offset.
func (l *Launcher) tail(ctx context.Context, run Run, backend Backend, offset int64) ([]Metric, int64, error) {
	r, err := backend.Open(ctx, l.Dir(run), run.Handle, run.Progress, offset)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrGone) {
		return nil, 0, nil // a directory that is gone is the status's news
	}
	if err != nil {
		return nil, 0, fmt.Errorf("run %s: progress: %w", run.ID, err)
	}
	defer r.Close()
	metrics, n, err := readMetrics(r)
	if err != nil {
		return nil, 0, fmt.Errorf("run %s: progress: %w", run.ID, err)
	}
	return metrics, n, nil
}

// List returns the newest runs first, at most limit (0: all), each refreshed. A run whose backend does not answer comes as the ledger has
// it; those errors are joined.
func (l *Launcher) List(ctx context.Context, limit int) ([]Run, error) {
	runs, err := l.Ledger.Runs(ctx, limit)
	if err != nil {
		return nil, err
	}
	var faults []error
	for i := range runs {
		runs[i], err = l.Refresh(ctx, runs[i])
		faults = append(faults, err)
	}
	return runs, errors.Join(faults...)
}
