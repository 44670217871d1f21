package yard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"trainyard/launch"
)

// An EvaluationMoney is what one evaluation of a run may cost.
type EvaluationMoney struct {
	Name    string `json:"name"`
	Backend string `json:"backend"`
	// Hours is how long all its attempts may take, at the most; nil: it has no deadline.
	Hours *float64 `json:"hours"`
	Money
}

// countEvaluations finds the price of each evaluation, and adds its worst case to that of
// the run.
func (y *Yard) countEvaluations(ctx context.Context, plan *Plan, gpu string) error {
	plan.Evaluations = nil
	unknown := false
	var faults []error
	for i := range plan.Job.Evals {
		e := &plan.Job.Evals[i]
		m, err := y.countEvaluation(ctx, e, plan.Job, gpu)
		if err != nil {
			faults = append(faults, fmt.Errorf("evaluation %s: %w", e.Name, err))
		}
		plan.Evaluations = append(plan.Evaluations, m)
		plan.Money.add(m, plan.Job.Backend)
		unknown = unknown || m.unknown()
	}
	if unknown {
		plan.Money.Worst = nil
	}
	return errors.Join(faults...)
}

func (y *Yard) countEvaluation(ctx context.Context, e *launch.Evaluation, of launch.Job, gpu string) (EvaluationMoney, error) {
	m := EvaluationMoney{Name: e.Name, Backend: cmp.Or(e.Backend, of.Backend)}
	job := launch.Job{Backend: m.Backend, GPUs: e.GPUs, Deadline: e.Deadline, Attempts: e.Attempts, GPUHour: e.GPUHour}
	if same := job.Backend == of.Backend; same {
		e.GPU = cmp.Or(e.GPU, gpu)
		if job.GPUHour == nil {
			job.GPUHour = of.GPUHour
		}
	}
	if e.Deadline > 0 {
		hours := e.Deadline.Hours() * float64(max(1, e.Attempts))
		m.Hours = &hours
	}
	var err error
	m.Money, err = y.priced(ctx, &job, e.GPU)
	if errors.Is(err, ErrNoDeadline) {
		err = fmt.Errorf("it is paid by the hour and has no end: say eval.%s.deadline, such as 2h", e.Name)
	}
	e.GPUHour = job.GPUHour
	return m, err
}

// unknown reports whether an evaluation may cost what is not known. What this machine does
// without a price costs nothing beyond it; with one, and without an end, it may cost
// anything.
func (m EvaluationMoney) unknown() bool {
	return m.Worst == nil && (m.Backend != "local" || m.GPUHour != nil)
}

// add puts the worst case of an evaluation beside that of the run.
func (m *Money) add(e EvaluationMoney, trains string) {
	switch {
	case e.unknown():
		m.Words = fmt.Sprintf("%s; evaluation %s: %s", m.Words, e.Name, e.Words)
	case e.Worst == nil || *e.Worst == 0:
	case m.Worst == nil && m.GPUHour == nil && trains == "local":
		m.Worst, m.Words = e.Worst, fmt.Sprintf("evaluation %s: %s", e.Name, e.Words)
	case m.Worst == nil:
		m.Words = fmt.Sprintf("training %s; evaluation %s: %s", m.Words, e.Name, e.Words)
	default:
		sum := *m.Worst + *e.Worst
		m.Worst, m.Words = &sum, fmt.Sprintf("$%.2f at most: %s; evaluation %s: %s", sum, m.Words, e.Name, e.Words)
	}
}

// Evaluations lists the runs of a run's evaluations, as the ledger has them.
func (y *Yard) Evaluations(ctx context.Context, run launch.Run) ([]launch.Run, error) {
	l, err := y.Launcher()
	if err != nil {
		return nil, err
	}
	return l.Ledger.Evaluations(ctx, run.ID)
}

// evaluationPoll is how often evaluations are looked at.
const evaluationPoll = 300 * time.Millisecond

// AwaitEvaluations starts the evaluations of a run that succeeded, looks after them, and
// returns those of them that did not succeed, by name, once all have ended. An end of
// ctx leaves them alone.
func (y *Yard) AwaitEvaluations(ctx context.Context, run launch.Run, tell func(launch.Deed)) (bad []string, err error) {
	l, err := y.Launcher()
	if err != nil || run.State != launch.Succeeded || len(run.Job.Evals) == 0 {
		return nil, err
	}
	for {
		refused, coming := map[string]bool{}, 0
		for _, d := range l.EvaluateWithin(ctx, run, run.Job.Evals, 0) {
			var way *launch.ComingError
			switch {
			case errors.As(d.Err, &way):
				coming++
				tell(launch.Deed{Run: d.Run, What: fmt.Sprintf("%s of run %.8s: its model is being brought from %s", d.What, run.ID, way.From)})
			case d.Err != nil:
				refused[d.What] = true
				fallthrough
			default:
				tell(d)
			}
		}
		going, unstarted, failed, err := y.lookAtEvaluations(ctx, l, run, tell)
		if err != nil || going+coming == 0 && (unstarted == 0 || len(refused) > 0) {
			return append(failed, sortedKeys(refused)...), err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(evaluationPoll):
		}
	}
}

// lookAtEvaluations counts those that go on and those that have yet to be started, and
// names those that failed.
func (y *Yard) lookAtEvaluations(ctx context.Context, l *launch.Launcher, run launch.Run, tell func(launch.Deed)) (going, unstarted int, failed []string, err error) {
	runs, err := l.Ledger.Evaluations(ctx, run.ID)
	for _, e := range runs {
		if e.State == launch.Succeeded || e.Job.Evaluates.Attempt != run.N && e.State.Ended() {
			continue
		}
		now, deeds, err := l.Tend(ctx, e)
		if err != nil {
			return going, unstarted, nil, err
		}
		for _, d := range deeds {
			tell(launch.Deed{Run: d.Run, What: "evaluation " + e.Job.Evaluates.Name + " " + d.What, Err: d.Err})
		}
		switch {
		case now.NeverStarted:
			unstarted++
		case !now.State.Ended():
			going++
		case now.State != launch.Succeeded:
			failed = append(failed, fmt.Sprintf("evaluation %s: %s", e.Job.Evaluates.Name, now.Reason))
		}
	}
	return going, unstarted, failed, err
}

// startEvaluations starts those that are due of runs that were just looked at. What
// keeps one from being started is told as trouble of its run.
func startEvaluations(ctx context.Context, l *launch.Launcher, runs []launch.Run) error {
	deeds, err := l.EvaluateDue(ctx, runs)
	for _, d := range deeds {
		for i := range runs {
			if d.Err != nil && runs[i].ID == d.Run.ID {
				runs[i].Trouble = d.Err.Error()
			}
		}
	}
	return err
}

// worstOf sums the worst cases of evaluations; nil where one of a place that is paid for
// is not known.
func worstOf(all []EvaluationMoney) *float64 {
	sum := new(float64)
	for _, e := range all {
		if e.Worst != nil {
			sum = sumOf(sum, e.Worst)
		} else if e.unknown() {
			return nil
		}
	}
	return sum
}
