package launch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"trainyard/launch/task"
)

// A road is from the place where a run trains to that where its model is evaluated.
type road struct {
	from, to          string // names of backends
	trains, evaluates Backend
	rehearsed         string // the directory here of an attempt that there is not
}

// here is the backend of this machine.
const here = "local"

func (l *Launcher) road(e Evaluation, trained string) (r road, err error) {
	r = road{from: trained, to: cmp.Or(e.Backend, trained), rehearsed: l.Dir(Run{ID: anyRun, Attempt: Attempt{N: 1}})}
	if r.trains, err = l.backend(r.from); err != nil {
		return r, err
	}
	r.evaluates, err = l.backend(r.to)
	return r, err
}

// stays reports whether the model is read where the run has left it. A box that is
// given back has nothing any more: what it left came home.
func (r road) stays() bool {
	_, gone := r.trains.(Renter)
	return r.from == r.to && !gone
}

// lacks reports whether a program of this machine is known not to be where the evaluation
// runs, though that cannot be looked at yet.
func (r road) lacks(program string) bool {
	_, image := r.evaluates.(Imager)
	_, rented := r.evaluates.(Renter)
	return rented || image && shelfOf(r.evaluates, program) != ""
}

// placed is why an evaluation could never reach the model of a run that trains on a
// backend, or its reports never be read; nil where they can. It asks no machine.
func (l *Launcher) placed(e Evaluation, trained string) error {
	r, err := l.road(e, trained)
	if err != nil {
		return nil // a fault of the run's own, or told when the evaluation is rendered
	}
	if err := unseen(r.evaluates, false); err != nil {
		return fmt.Errorf("evaluation %s: its reports on %s could not be read: %w", e.Name, r.to, err)
	}
	if program := e.Program(); program != "" && r.lacks(program) {
		return fmt.Errorf("evaluation %s: its program %s lies on this machine, where what runs on %s does not see it: put it into the image, or on a volume, and give its path there", e.Name, program, r.to)
	}
	if r.stays() || !e.asks("checkpoint", "run") {
		return nil
	}
	if err := unseen(r.trains, true); err != nil {
		return fmt.Errorf("evaluation %s: it runs on %s, and the model of a run on %s could not be brought there: %w", e.Name, r.to, r.from, err)
	}
	if e.asks("run") && (r.to != here || hereOf(context.Background(), r.trains, r.rehearsed, ".") == "") {
		return fmt.Errorf("evaluation %s: it runs on %s, and {run} is the whole directory of an attempt on %s: ask for {checkpoint}, which is brought there, or leave backend out", e.Name, r.to, r.from)
	}
	return nil
}

// locate fills in where the attempt and its model lie, for the place of the evaluation,
// and brings the model here, or to where it is read, if that is elsewhere.
func (l *Launcher) locate(ctx context.Context, run Run, about *Evaluated, wait time.Duration) error {
	if !about.asks("checkpoint", "run") {
		return nil
	}
	if err := l.placed(about.Evaluation, run.Job.Backend); err != nil {
		return err
	}
	r, err := l.road(about.Evaluation, run.Job.Backend)
	if err != nil {
		return err
	}
	if about.Trained, err = l.trainedIn(ctx, r, run); err != nil || !about.asks("checkpoint") {
		return err
	}
	found, err := l.finished(ctx, run, r.trains)
	if err != nil {
		return err
	}
	about.Attempt, about.Step = found.Attempt, found.Step
	owner, err := l.Ledger.RunAt(ctx, run.ID, found.Attempt)
	if err != nil {
		return err
	}
	if r.stays() {
		dir, err := l.where(ctx, r.trains, l.Dir(owner))
		about.Model = path.Join(dir, found.Name)
		return err
	}
	about.Brought = r.to != here
	about.Model, err = l.modelHere(ctx, r, owner, found.Name, wait)
	return err
}

// trainedIn is the directory of the attempt as the evaluation sees it; empty: it does not.
func (l *Launcher) trainedIn(ctx context.Context, r road, run Run) (string, error) {
	switch {
	case r.stays():
		return l.where(ctx, r.trains, l.Dir(run))
	case r.to == here:
		return hereOf(ctx, r.trains, l.Dir(run), "."), nil
	}
	return "", nil
}

// modelHere is the directory of this machine with the model of an attempt that the
// evaluation can be given: where it lies, if it is read there, else a copy of it.
func (l *Launcher) modelHere(ctx context.Context, r road, owner Run, name string, wait time.Duration) (string, error) {
	if dir := hereOf(ctx, r.trains, l.Dir(owner), name); dir != "" && shelfOf(r.evaluates, dir) == "" {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir, nil
		}
	}
	to := filepath.Join(l.runDir(owner.ID), "fetched")
	if shelf := shelfOf(r.evaluates, to); shelf != "" {
		to = filepath.Join(shelf, owner.ID)
	}
	to = filepath.Join(to, task.AttemptDir(owner.N), path.Base(name))
	return to, l.bringModel(ctx, bringing{source: r.trains, owner: owner, name: name, to: to}, wait)
}

// beside is the directory here of the attempt that an evaluation reads where that ran.
func (l *Launcher) beside(job Job) string {
	e := job.Evaluates
	if e == nil || e.Trained == "" || e.Brought {
		return ""
	}
	return l.Dir(Run{ID: e.Run, Attempt: Attempt{N: e.Attempt}})
}

// finished is the model that the run has come to: the one that its trainer wrote at the
// end, else its newest whole checkpoint.
func (l *Launcher) finished(ctx context.Context, run Run, backend Backend) (Checkpoint, error) {
	entries, err := backend.List(ctx, l.Dir(run), run.Handle, run.Output)
	for _, e := range entries {
		if !e.Dir && e.Size > 0 && modelName.MatchString(e.Name) {
			return Checkpoint{Attempt: run.N, Name: run.Output, Step: run.Step, Whole: true}, nil
		}
	}
	saved, errSaved := l.Checkpoints(ctx, run)
	for _, c := range saved {
		if c.Whole {
			return c, nil
		}
	}
	return Checkpoint{}, errors.Join(fmt.Errorf("%w: run %s has neither a finished model nor a whole checkpoint%s", ErrNoModel, run.ID, brokenWords(saved)), unlessMissing(err), errSaved)
}
