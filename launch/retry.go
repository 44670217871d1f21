package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"

	"trainyard/launch/files"
	"trainyard/launch/task"
)

// A Retry says how a run that has ended goes on.
type Retry struct {
	// Fresh begins at step 0, whatever was saved.
	Fresh bool
	// Resume demands a checkpoint: without a whole one nothing is started.
	Resume bool
	// From is a checkpoint's step; 0 is the newest whole one.
	From int64
	// Reason is why, for the history.
	Reason string
	// AfterLost says that the caller has made sure that a lost attempt does not run.
	AfterLost bool
	// Again says that a run which succeeded is to be paid for once more.
	Again bool
}

// ErrSucceeded says that the run needs no other attempt.
var ErrSucceeded = errors.New("it has succeeded")

// ErrNoCheckpoint says that there is no whole checkpoint to go on from.
var ErrNoCheckpoint = errors.New("no whole checkpoint")

// Retry begins the next attempt of a run that has ended, in a directory of its own,
// from the newest whole checkpoint of any attempt unless told otherwise. Of several
// processes that ask, one gets it; the others get a *FenceError. Values of secrets,
// which no ledger has, come from this process's environment.
func (l *Launcher) Retry(ctx context.Context, run Run, how Retry) (Run, error) {
	if !l.mine(run) {
		return run, fmt.Errorf("run %s belongs to %s: go on with it there", run.ID, run.Home)
	}
	if run.State == Succeeded && !how.Again {
		return run, fmt.Errorf("run %s: %w: another attempt would be paid for again", run.ID, ErrSucceeded)
	}
	job, err := withSecrets(run.Job)
	if err != nil {
		return run, fmt.Errorf("run %s: %w", run.ID, err)
	}
	from, err := l.from(ctx, run, how)
	if err != nil {
		return run, fmt.Errorf("run %s: %w", run.ID, err)
	}
	next := Run{ID: run.ID, Job: job, Attempt: Attempt{N: run.N + 1}}
	cmd, backend, err := l.renderNext(ctx, next, from)
	if err != nil {
		return run, err
	}
	unlock, err := files.WaitLock(ctx, l.lockPath(run.ID))
	if err != nil {
		return run, err
	}
	defer unlock()
	made, err := l.Ledger.Again(ctx, run.ID, run.N, how.reason(from), Next{Command: cmd, Facts: from.facts().Over(bounds(backend, job)), Caps: l.Caps, Room: l.Room, AfterLost: how.AfterLost})
	if err != nil {
		return run, err
	}
	if err := l.remember(made); err != nil {
		return made, err
	}
	l.reached("again")
	return l.begin(ctx, made, cmd, backend)
}

// withSecrets fills in the values that the ledger does not have.
func withSecrets(job Job) (Job, error) {
	var faults []error
	env := append([]Env{}, job.Env...)
	for i, e := range env {
		if e.Value != "" || !e.Secret() {
			continue
		}
		if env[i].Value = os.Getenv(e.Name); env[i].Value == "" {
			faults = append(faults, fmt.Errorf("its trainer was given %s, which the ledger does not keep and this environment lacks: set it", e.Name))
		}
	}
	job.Env = env
	return job, errors.Join(faults...)
}

// from chooses the checkpoint; nil is none.
func (l *Launcher) from(ctx context.Context, run Run, how Retry) (*Checkpoint, error) {
	if how.Fresh {
		return nil, nil
	}
	found, err := l.Checkpoints(ctx, run)
	if err != nil && how.From == 0 && !how.Resume {
		return nil, fmt.Errorf("its checkpoints cannot be looked at (to begin at step 0 all the same, ask for a fresh start): %w", err)
	}
	for i, c := range found {
		if c.Whole && (how.From == 0 || c.Step == how.From) {
			return &found[i], nil
		}
	}
	if how.Resume || how.From > 0 {
		return nil, errors.Join(fmt.Errorf("%w%s%s", ErrNoCheckpoint, ofStep(how.From), brokenWords(found)), err)
	}
	return nil, nil
}

func ofStep(step int64) string {
	if step == 0 {
		return " is there to go on from"
	}
	return fmt.Sprintf(" of step %d is there", step)
}

// brokenWords name the newest checkpoint that is not whole.
func brokenWords(found []Checkpoint) string {
	for _, c := range found {
		if !c.Whole {
			return fmt.Sprintf("; %s of attempt %d is passed over: %s", c.Name, c.Attempt, c.Fault)
		}
	}
	return ""
}

func (l *Launcher) renderNext(ctx context.Context, next Run, from *Checkpoint) (Command, Backend, error) {
	trainer, backend, err := l.parts(next.Job)
	if err != nil {
		return Command{}, nil, err
	}
	site := backend.Site(l.Dir(next), l.Self)
	if from != nil {
		old := Run{ID: next.ID, Attempt: Attempt{N: from.Attempt}}
		dir, err := l.where(ctx, backend, l.Dir(old))
		if err != nil {
			return Command{}, nil, err
		}
		site.Resume = path.Join(dir, from.Name)
	}
	cmd, err := trainer.Render(next.Job, site)
	return cmd, backend, errors.Join(err, checked(trainer, next.Job, backend.LookPath))
}

func (how Retry) reason(from *Checkpoint) string {
	words := "from the beginning"
	if from != nil {
		words = fmt.Sprintf("from %s of attempt %d", from.Name, from.Attempt)
	}
	if how.Reason != "" {
		words += ": " + how.Reason
	}
	return words
}

func (c *Checkpoint) facts() Facts {
	if c == nil {
		return Facts{}
	}
	return Facts{ResumedFrom: task.AttemptDir(c.Attempt) + "/" + c.Name, ResumedStep: &c.Step}
}
