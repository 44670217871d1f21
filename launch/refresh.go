package launch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"trainyard/format/durable"
	"trainyard/launch/files"
)

// Refresh asks the backend how the run stands, reads what its trainer told
// since, and writes both to the ledger. An attempt whose launcher died before
// it saved the handle is adopted or declared never started. Runs that ended
// come back as they are, but for a lost one with a handle: what was out of sight
// may be seen again. With an error comes the run as last known.
//
// The state never waits for what the trainer told: reading that has a limit, and
// what goes wrong with it is Run.Trouble. Where the disk is full, or the ledger is not
// ours to write, the run is right and the ledger is not, which the error says
// (Unrecorded).
func (l *Launcher) Refresh(ctx context.Context, run Run) (Run, error) {
	now, err := l.Ledger.Run(ctx, run.ID)
	if err != nil {
		return run, err
	}
	return l.refresh(ctx, now)
}

// refresh brings one attempt of a run up to date, the newest or not.
func (l *Launcher) refresh(ctx context.Context, run Run) (Run, error) {
	run, err := l.reload(ctx, run)
	if err != nil || run.settled() && run.heard || !l.mine(run) {
		return run, err
	}
	backend, err := l.backend(run.Job.Backend)
	if err != nil && run.settled() {
		return run, nil
	}
	if err != nil {
		return run, err
	}
	if run.settled() {
		return l.listen(ctx, run, backend, true), nil
	}
	if run.Handle == "" {
		run, err = l.adopt(ctx, run, backend)
	}
	if err != nil || run.Handle == "" || run.settled() {
		return run, err
	}
	return l.ask(ctx, run, backend)
}

// ask looks at a started run. Whatever a trainer tells before it ends is in its
// files when they are read after the status.
func (l *Launcher) ask(ctx context.Context, run Run, backend Backend) (Run, error) {
	status, err := backend.Status(ctx, l.Dir(run), run.Handle)
	if err != nil {
		return run, fmt.Errorf("run %s: %w", run.ID, err)
	}
	ended := status.State.Ended()
	switch {
	case status.State == Succeeded && run.Job.Evaluates != nil:
		run = l.listen(ctx, run, backend, true)
		if status, err = l.collect(ctx, run, backend, status); err != nil {
			return run, err
		}
	case status.State == Succeeded:
		run = l.listen(ctx, run, backend, true)
		looked, asked := run, status
		within(ctx, l.limit(), func(ctx context.Context) Status { return l.judge(ctx, looked, backend, asked) }, func(s Status) { status = s })
	}
	if run, err = l.record(ctx, run, status); err != nil {
		return run, err
	}
	if status.State != Succeeded {
		run = l.listen(ctx, run, backend, ended)
	}
	if run.State == Running {
		run.Stalled = status.Stall
		if run.Stalled == "" {
			run.Stalled = run.stall(time.Now())
		}
	}
	return run, nil
}

// within calls use with what find returns, unless that takes longer than limit.
// A file server that does not answer cannot be interrupted: find is left alone
// with it then.
func within[V any](ctx context.Context, limit time.Duration, find func(context.Context) V, use func(V)) (inTime bool) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	found := make(chan V, 1)
	go func() { found <- find(ctx) }()
	select {
	case v := <-found:
		use(v)
		return true
	case <-ctx.Done():
		return false
	}
}

// reload reads the attempt again, also where another one has followed it: what is
// found out about one is written to that one. A ledger that does not answer leaves it as it is.
func (l *Launcher) reload(ctx context.Context, run Run) (Run, error) {
	now, err := l.Ledger.RunAt(ctx, run.ID, run.N)
	if err != nil {
		return run, err
	}
	return now, nil
}

// adopt looks after an attempt without a handle, unless its launcher lives.
func (l *Launcher) adopt(ctx context.Context, run Run, backend Backend) (Run, error) {
	unlock, err := files.TryLock(l.lockPath(run.ID))
	if errors.Is(err, durable.ErrLocked) {
		run.Reason = files.Holder(l.lockPath(run.ID)) + " is starting it"
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
	change := Change{To: Lost, Reason: "its directory is gone, and with it every trace of what became of it: " + l.runDir(run.ID), EndedAt: time.Now()}
	if run.State == Pending {
		change.To, change.Reason = Failed, "never started: its directory is gone: "+l.runDir(run.ID)
	}
	if _, err := l.Ledger.Advance(context.WithoutCancel(ctx), run.ID, run.N, change); err != nil {
		return run, err
	}
	return l.reload(ctx, run)
}

// List returns the newest runs first, at most limit (0: all), each refreshed,
// side by side and with a limit for each. A run whose backend does not answer
// comes as the ledger has it; those errors are joined.
func (l *Launcher) List(ctx context.Context, limit int) ([]Run, error) {
	runs, err := l.Ledger.Runs(ctx, limit)
	faults := make([]error, len(runs)+1)
	faults[len(runs)] = err
	var looking sync.WaitGroup
	places := make(chan struct{}, sideBySide)
	for i := range runs {
		if runs[i].settled() && runs[i].heard || !l.mine(runs[i]) {
			continue
		}
		looking.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			runs[i], faults[i] = l.refreshWithin(ctx, runs[i], l.Refresh)
		})
	}
	looking.Wait()
	return runs, joinOnce(faults)
}

// joinOnce joins errors and tells once, not for each run, that nothing is recorded.
func joinOnce(faults []error) error {
	told := false
	for i, err := range faults {
		if Unrecorded(err) && told {
			faults[i] = nil
		}
		told = told || Unrecorded(err)
	}
	return errors.Join(faults...)
}

// sideBySide is how many runs a list looks at at once.
const sideBySide = 16

func (l *Launcher) refreshWithin(ctx context.Context, run Run, refresh func(context.Context, Run) (Run, error)) (now Run, err error) {
	type result struct {
		run Run
		err error
	}
	limit := 2 * l.limit()
	inTime := within(ctx, limit, func(ctx context.Context) result {
		run, err := refresh(ctx, run)
		return result{run, err}
	}, func(r result) { now, err = r.run, r.err })
	if !inTime {
		return run, fmt.Errorf("run %s did not answer within %v: it is shown as it was last known", run.ID, limit)
	}
	return now, err
}
