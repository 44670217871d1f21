package launch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// Evaluate starts those evaluations of a run that no process has started yet, and those
// again whose launcher died before it could. Each is one run, whatever becomes of it, and
// of any number of processes that ask one starts it. It returns what it did; a place that
// the sweep has no room for now, or that another process has taken, is no deed. A model
// that lies elsewhere is brought first, however long that takes.
func (l *Launcher) Evaluate(ctx context.Context, run Run, evals []Evaluation) (deeds []Deed) {
	return l.EvaluateWithin(ctx, run, evals, forever)
}

// forever is longer than any model takes.
const forever = time.Duration(math.MaxInt64)

// EvaluateWithin is Evaluate that waits so long for models that lie elsewhere: of one that
// is not there by then the deed has a *ComingError. Until ctx ends it goes on coming, and
// what has come need not come again.
func (l *Launcher) EvaluateWithin(ctx context.Context, run Run, evals []Evaluation, wait time.Duration) (deeds []Deed) {
	if run.State != Succeeded || run.Job.Evaluates != nil || !l.mine(run) {
		return nil
	}
	due, err := l.dueOf(ctx, run, evals)
	if err != nil {
		return []Deed{{Run: run, What: "its evaluations", Err: err}}
	}
	for _, d := range due {
		started, err := l.evaluate(ctx, run, d, wait)
		switch {
		case errors.Is(err, ErrCell), errors.Is(err, ErrRoom), isOvertaken(err):
		case err != nil:
			deeds = append(deeds, Deed{Run: run, What: "evaluation " + d.Name, Err: fmt.Errorf("evaluation %s of run %s: %w", d.Name, run.ID, err)})
		default:
			deeds = append(deeds, Deed{Run: started, What: fmt.Sprintf("evaluation %s of run %.8s started", d.Name, run.ID)})
		}
	}
	return deeds
}

// isOvertaken reports whether another process has begun the attempt first.
func isOvertaken(err error) bool {
	var overtaken *FenceError
	return errors.As(err, &overtaken)
}

// A due evaluation has no run, or one that was never started.
type due struct {
	Evaluation
	before *Run
}

func (l *Launcher) dueOf(ctx context.Context, run Run, evals []Evaluation) (all []due, err error) {
	cells := make([]string, len(evals))
	for i, e := range evals {
		cells[i] = e.Cell(run)
	}
	runs, err := l.Ledger.Cells(ctx, cells)
	for i, e := range evals {
		if d := (due{Evaluation: e}); d.isDue(runs[cells[i]]) {
			all = append(all, d)
		}
	}
	return all, err
}

// isDue looks at the runs of the evaluation: one at the most.
func (d *due) isDue(runs []Run) bool {
	if len(runs) > 0 {
		d.before = &runs[0]
	}
	return d.before == nil || d.before.NeverStarted
}

func (l *Launcher) evaluate(ctx context.Context, run Run, d due, wait time.Duration) (Run, error) {
	if d.before != nil {
		if about := *d.before.Job.Evaluates; about.Brought { // what it was brought from may have been cleared away
			if err := l.locate(ctx, run, &about, wait); err != nil {
				return run, err
			}
		}
		return l.Retry(ctx, *d.before, Retry{Fresh: true, Reason: "it was never started"})
	}
	job, err := l.evaluation(ctx, run, d.Evaluation, wait)
	if err != nil {
		return run, err
	}
	return l.Start(ctx, job)
}

// evaluation is the job of an evaluation.
func (l *Launcher) evaluation(ctx context.Context, run Run, e Evaluation, wait time.Duration) (Job, error) {
	about := Evaluated{Run: run.ID, Attempt: run.N, Evaluation: e}
	if err := l.locate(ctx, run, &about, wait); err != nil {
		return Job{}, err
	}
	return withSecrets(evaluationJob(run, about))
}

// evaluationJob is everything but the values of secrets.
func evaluationJob(run Run, about Evaluated) Job {
	e, of := about.Evaluation, run.Job
	job := Job{
		Recipe: of.Recipe, Fingerprint: e.Cell(run), Model: of.Model, Template: of.Template, Window: of.Window, Seed: of.Seed,
		Trainer: EvaluationTrainer, Backend: cmp.Or(e.Backend, of.Backend), GPUs: e.GPUs,
		Deadline: e.Deadline, Attempts: e.Attempts, GPUHour: e.GPUHour, Env: e.Env,
		Sweep: of.Sweep, Cell: e.Cell(run), CellName: of.CellName, Evaluates: &about,
	}
	if e.Seed != nil {
		job.Seed = *e.Seed
	}
	if e.asks("dataset", "train", "validation") {
		job.Dataset = of.Dataset
	}
	return job
}

// rehearsed is what speaks against the evaluations of a job before it trains.
func (l *Launcher) rehearsed(job Job) (faults []error) {
	for _, e := range job.Evals {
		about := Evaluated{Run: anyRun, Attempt: 1, Trained: "/TRAINED", Model: "/TRAINED/out", Evaluation: e}
		of := Run{ID: anyRun, Job: job, Attempt: Attempt{N: 1}}
		if err := l.placed(e, job.Backend); err != nil {
			faults = append(faults, err)
			continue
		}
		err := l.render(evaluationJob(of, about), anyRun).refusal()
		if gone := (*Unreachable)(nil); errors.As(err, &gone) && cmp.Or(e.Backend, job.Backend) == job.Backend {
			continue // it is told of the run itself
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("evaluation %s: %w", e.Name, err))
		}
	}
	return faults
}

// PrecheckEvaluations is [Launcher.Precheck] for the evaluations of a job alone.
func (l *Launcher) PrecheckEvaluations(job Job) error { return errors.Join(l.rehearsed(job)...) }

// Evaluations lists the runs of the evaluations of a run, the newest first.
func (l *Ledger) Evaluations(ctx context.Context, run string) ([]Run, error) {
	return l.query(ctx, selectRuns+`WHERE r.evaluates = ? AND `+newestAttempt+newestFirst, run)
}

// awaiting are the runs that succeeded and have evaluations which are due.
func (l *Launcher) awaiting(ctx context.Context, runs []Run) (map[string]bool, error) {
	var cells []string
	for _, r := range runs {
		for _, e := range r.evals() {
			cells = append(cells, e.Cell(r))
		}
	}
	if len(cells) == 0 {
		return nil, nil
	}
	started, err := l.Ledger.Cells(ctx, cells)
	open := map[string]bool{}
	for _, r := range runs {
		for _, e := range r.evals() {
			if d := (due{Evaluation: e}); d.isDue(started[e.Cell(r)]) {
				open[r.ID] = true
			}
		}
	}
	return open, err
}

// evals are the evaluations that a run has now: those of its job, once it has succeeded.
func (r Run) evals() []Evaluation {
	if r.State != Succeeded {
		return nil
	}
	return r.Job.Evals
}

// glance is how long a command that looks at all runs waits for models in all.
const glance = 5 * time.Second

// EvaluateDue starts the evaluations that are due of those of the runs that lie here. It
// waits a few seconds in all for models that lie elsewhere.
func (l *Launcher) EvaluateDue(ctx context.Context, runs []Run) (deeds []Deed, err error) {
	open, err := l.awaiting(ctx, runs)
	until := time.Now().Add(glance)
	for _, r := range runs {
		if open[r.ID] && ctx.Err() == nil {
			deeds = append(deeds, l.EvaluateWithin(ctx, r, r.Job.Evals, time.Until(until))...)
		}
	}
	return deeds, err
}
