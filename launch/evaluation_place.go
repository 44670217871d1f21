package launch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"trainyard/launch/files"
)

// placed is why an evaluation could never reach the model of a run that trains on a
// backend; nil where it can. It asks no machine.
func (l *Launcher) placed(e Evaluation, trained string) error {
	if !e.asks("checkpoint", "run") {
		return nil
	}
	at := cmp.Or(e.Backend, trained)
	backend, err := l.backend(trained)
	if err != nil {
		return nil // a fault of the run's own
	}
	_, gone := backend.(Renter)
	switch {
	case at == trained && gone:
		return fmt.Errorf("evaluation %s: the box of a run on %s is given back when it has ended: say backend: local, where its model comes home to", e.Name, trained)
	case at != trained && at != here:
		return fmt.Errorf("evaluation %s: it runs on %s, and the model lies on %s: leave backend out, or say backend: local", e.Name, at, trained)
	}
	return nil
}

// here is the backend of this machine.
const here = "local"

// locate fills in where the attempt and its model lie, for the place of the evaluation.
func (l *Launcher) locate(ctx context.Context, run Run, about *Evaluated) error {
	if !about.asks("checkpoint", "run") {
		return nil
	}
	if err := l.placed(about.Evaluation, run.Job.Backend); err != nil {
		return err
	}
	backend, err := l.backend(run.Job.Backend)
	if err != nil {
		return err
	}
	at := cmp.Or(about.Backend, run.Job.Backend)
	home := at == here && run.Job.Backend != here
	if about.Trained = backend.Site(l.Dir(run), l.Self).Dir; home {
		about.Trained = l.Dir(run)
	}
	if !about.asks("checkpoint") {
		return nil
	}
	found, err := l.finished(ctx, run, backend)
	if err != nil {
		return err
	}
	about.Attempt, about.Step = found.Attempt, found.Step
	owner := Run{ID: run.ID, Attempt: Attempt{N: found.Attempt}}
	if about.Model = path.Join(backend.Site(l.Dir(owner), l.Self).Dir, found.Name); home {
		about.Model, err = l.broughtHome(owner, found)
	}
	return err
}

// beside is the directory here of the attempt that an evaluation reads where that ran.
func (l *Launcher) beside(job Job) string {
	e := job.Evaluates
	if e == nil || e.Trained == "" {
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

// fetchedMark is written last by what fetches (launch/fetch).
const fetchedMark = "fetched.json"

// broughtHome is where the model of a run of another machine lies here: in the attempt's
// directory, where the backend brings it, or where it was fetched to.
func (l *Launcher) broughtHome(run Run, c Checkpoint) (string, error) {
	dir := filepath.Join(l.Dir(run), filepath.FromSlash(c.Name))
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return dir, nil
	}
	dir = filepath.Join(l.runDir(run.ID), "fetched", fmt.Sprintf("attempt-%d", run.N), filepath.Base(dir))
	var mark struct{}
	if whole, err := files.ReadJSON(dir, fetchedMark, &mark); err == nil && whole {
		return dir, nil
	}
	return "", fmt.Errorf("%w: the model lies where the run ran: fetch it first, with `trainyard runs fetch %s %s --attempt %d --to %s`, and the evaluation starts at the next look", ErrNoModel, run.ID, c.Name, c.Attempt, dir)
}
