package launch

import (
	"context"
	"errors"
	"fmt"
	"os"

	"trainyard/launch/files"
)

// Mine reports whether the run's directory lies here, so that this launcher can look
// after it.
func (l *Launcher) Mine(run Run) bool { return l.mine(run) }

// StartMany is Start for jobs of one backend, by one request where the backend takes
// many. runs and faults have the order of jobs; a job that was refused has a fault and
// no run, and keeps no other from being started.
func (l *Launcher) StartMany(ctx context.Context, jobs []Job) (runs []Run, faults []error) {
	runs, faults = make([]Run, len(jobs)), make([]error, len(jobs))
	many := l.manyStarter(jobs)
	if many == nil {
		for i, job := range jobs {
			runs[i], faults[i] = l.Start(ctx, job)
		}
		return runs, faults
	}
	b := &manyStart{l: l, runs: runs, faults: faults}
	defer b.unlock()
	for i, job := range jobs {
		runs[i], faults[i] = b.claim(ctx, i, job)
	}
	b.start(ctx, many)
	return runs, faults
}

func (l *Launcher) manyStarter(jobs []Job) ManyStarter {
	if len(jobs) < 2 {
		return nil
	}
	backend, err := l.backend(jobs[0].Backend)
	many, ok := backend.(ManyStarter)
	if err != nil || !ok {
		return nil
	}
	return many
}

// A manyStart takes several attempts from their intents to their handles, under the
// locks of all of them, as launch does with one.
type manyStart struct {
	l       *Launcher
	runs    []Run
	faults  []error
	locks   []func()
	started []int // indices of those that are to be started
	tasks   []Task
	backend Backend
}

func (b *manyStart) unlock() {
	for _, unlock := range b.locks {
		unlock()
	}
}

// claim writes the intent of one job and takes its attempt to starting.
func (b *manyStart) claim(ctx context.Context, i int, job Job) (Run, error) {
	l := b.l
	id, err := newID()
	if err != nil {
		return Run{}, err
	}
	r := l.render(job, id)
	if err := r.refusal(); err != nil {
		return Run{}, err
	}
	if err := os.MkdirAll(l.runDir(id), 0o700); err != nil {
		return Run{}, fmt.Errorf("start run: %w", err)
	}
	unlock, err := files.WaitLock(ctx, l.lockPath(id))
	if err != nil {
		return Run{}, err
	}
	b.locks = append(b.locks, unlock)
	run, err := l.intend(ctx, id, job, r.Command, r.backend)
	if err != nil {
		return run, err
	}
	claimed, err := l.Ledger.Advance(context.WithoutCancel(ctx), id, run.N, Change{To: Starting, Reason: "starting the trainer"})
	if err == nil && !claimed {
		err = fmt.Errorf("run %s: %w", id, ErrClaimed)
	}
	if err != nil {
		return run, err
	}
	run.State = Starting
	b.backend, b.started, b.tasks = r.backend, append(b.started, i), append(b.tasks, l.task(run, r.Command))
	return run, nil
}

// start asks the backend once, and asks it about each attempt where that went wrong.
func (b *manyStart) start(ctx context.Context, many ManyStarter) {
	if len(b.tasks) == 0 {
		return
	}
	durable := context.WithoutCancel(ctx)
	b.l.reached("starting")
	handles, err := many.StartMany(ctx, b.tasks)
	b.l.reached("started")
	if err == nil && len(handles) != len(b.tasks) {
		err = fmt.Errorf("%d handles for %d attempts", len(handles), len(b.tasks))
	}
	for k, i := range b.started {
		if err != nil {
			b.runs[i], b.faults[i] = b.l.settle(durable, b.runs[i], b.backend, err)
		} else {
			b.runs[i], b.faults[i] = b.l.save(durable, b.runs[i], b.backend, handles[k], "started")
		}
	}
}

// intend keeps what a job was made from and writes its intent. Where that is refused,
// nothing stays.
func (l *Launcher) intend(ctx context.Context, id string, job Job, cmd Command, backend Backend) (Run, error) {
	if err := l.keep(id, job); err != nil {
		return Run{}, errors.Join(err, os.RemoveAll(l.runDir(id)))
	}
	run, err := l.Ledger.Intend(ctx, Intent{ID: id, Job: job, Command: cmd, User: l.User, Home: l.origin(), Caps: l.Caps, Room: l.Room, Facts: bounds(backend, job)})
	if refused(err) {
		return Run{}, errors.Join(err, os.RemoveAll(l.runDir(id)))
	}
	if err != nil {
		return Run{}, err
	}
	if err := l.remember(run); err != nil {
		return run, err
	}
	l.reached("intent")
	return run, nil
}
