package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"trainyard/launch/files"
)

// Start checks and renders the job, writes the intent and starts the attempt.
// It returns once the backend has it and the ledger knows its handle. An error
// with a Run that has an id means that the run is in the ledger; Refresh tells
// what became of it. Faults of the job leave nothing behind.
func (l *Launcher) Start(ctx context.Context, job Job) (Run, error) {
	id, err := newID()
	if err != nil {
		return Run{}, err
	}
	r := l.render(job, id)
	if err := r.refusal(); err != nil {
		return Run{}, err
	}
	return l.launch(ctx, id, job, r.Command, r.backend)
}

// Rehearse gives the command that Start would start, and starts nothing: where
// the run's id goes, paths have the word RUN. What the machine lacks is no
// error: refusal says why Start would refuse as things stand.
func (l *Launcher) Rehearse(job Job) (cmd Command, refusal, err error) {
	r := l.render(job, anyRun)
	if r.backend != nil {
		r.unready = errors.Join(r.unready, away(job, r.backend))
	}
	return r.Command, r.refusal(), distinct(r.faults)
}

// site is that of a run's first attempt.
func (l *Launcher) site(id string, backend Backend) Site {
	dir := l.Dir(Run{ID: id, Attempt: Attempt{N: 1}})
	if backend == nil {
		return Site{Dir: dir, Self: l.Self} // to find the faults that are not the backend's
	}
	return backend.Site(dir, l.Self)
}

// launch holds the run's lock from before the intent is written until the
// handle is saved. A process that finds a run without a handle and gets the lock knows
// that its launcher is dead.
func (l *Launcher) launch(ctx context.Context, id string, job Job, cmd Command, backend Backend) (Run, error) {
	if err := os.MkdirAll(l.runDir(id), 0o700); err != nil {
		return Run{}, fmt.Errorf("start run: %w", err)
	}
	unlock, err := files.WaitLock(ctx, l.lockPath(id))
	if err != nil {
		return Run{}, err
	}
	defer unlock()
	run, err := l.intend(ctx, id, job, cmd, backend)
	if err != nil {
		return run, err
	}
	return l.begin(ctx, run, cmd, backend)
}

// begin takes a pending attempt to running. From here on an interrupt must not
// leave a started process without its handle, so ctx only bounds the wait
// inside the backend.
func (l *Launcher) begin(ctx context.Context, run Run, cmd Command, backend Backend) (Run, error) {
	durable := context.WithoutCancel(ctx)
	claimed, err := l.Ledger.Advance(durable, run.ID, run.N, Change{To: Starting, Reason: "starting the trainer"})
	if beyond, is := errors.AsType[*TransitionError](err); is {
		return run, fmt.Errorf("%w: %w", beyond, ErrClaimed) // who was faster is further than starting
	}
	if err != nil {
		return run, err
	}
	if !claimed {
		return run, fmt.Errorf("run %s: %w", run.ID, ErrClaimed)
	}
	l.reached("starting")
	handle, startErr := backend.Start(ctx, l.task(run, cmd))
	l.reached("started")
	if startErr != nil {
		return l.settle(durable, run, backend, startErr)
	}
	return l.save(durable, run, backend, handle, "started")
}

// task is the attempt that a backend is asked to start.
func (l *Launcher) task(run Run, cmd Command) Task {
	return Task{
		Beside: l.beside(run.Job), Run: run.ID, Attempt: run.N, Dir: l.Dir(run), Self: l.Self, Trainer: run.Job.Trainer, Command: cmd, Nodes: run.Job.NodeCount(), GPUs: run.Job.GPUs,
		StallAfter: run.Job.StallAfter, Deadline: run.Job.Deadline, Grace: l.grace(),
	}
}

// save writes the handle, the first thing after a start.
func (l *Launcher) save(ctx context.Context, run Run, backend Backend, handle Handle, reason string) (Run, error) {
	change := Change{To: Running, Reason: reason, Handle: handle, StartedAt: time.Now()}
	if queues(backend) {
		change.To, change.Reason = Queued, "submitted"
	}
	if _, err := l.Ledger.Advance(ctx, run.ID, run.N, change); err != nil {
		return run, err
	}
	return l.reload(ctx, run)
}

// saveUnseen writes the handle of an attempt that may have started: without one its end
// could not be asked for. When it started is not known.
func (l *Launcher) saveUnseen(ctx context.Context, run Run, handle Handle, why error) (Run, error) {
	changes := []Change{{To: Running, Reason: why.Error(), Handle: handle}}
	if run.State == Pending {
		changes = append([]Change{{To: Starting, Reason: "looked for"}}, changes...)
	}
	for _, c := range changes {
		if _, err := l.Ledger.Advance(ctx, run.ID, run.N, c); err != nil {
			return run, err
		}
	}
	return l.reload(ctx, run)
}

// settle decides about an attempt without a handle whose launcher failed or
// died: what was started is adopted, what was not never will be.
func (l *Launcher) settle(ctx context.Context, run Run, backend Backend, cause error) (Run, error) {
	handle, err := backend.Find(ctx, l.Dir(run))
	if errors.Is(err, ErrUnseen) {
		run, errSave := l.saveUnseen(ctx, run, handle, err)
		return run, errors.Join(cause, errSave)
	}
	if err == nil {
		if run.State == Pending {
			if _, err := l.Ledger.Advance(ctx, run.ID, run.N, Change{To: Starting, Reason: "found running"}); err != nil {
				return run, err
			}
		}
		return l.save(ctx, run, backend, handle, "found running: its start had not been recorded")
	}
	if !errors.Is(err, ErrNeverStarted) {
		return run, errors.Join(cause, err)
	}
	if err := l.paid(ctx, run, backend); err != nil {
		return run, errors.Join(cause, err)
	}
	status := NeverStarted()
	if cause != nil {
		status.NeverStarted, status.Reason = false, "never started: "+cause.Error()
	}
	if _, err := l.Ledger.Advance(ctx, run.ID, run.N, change(status, run)); err != nil {
		return run, errors.Join(cause, err)
	}
	run, err = l.reload(ctx, run)
	return run, errors.Join(cause, err)
}
