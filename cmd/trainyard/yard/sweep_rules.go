package yard

import (
	"context"
	"errors"
	"math"

	"trainyard/launch"
	"trainyard/launch/sweep"
)

// applyRules stops the runs that the rules say. Why is in the ledger before a run is
// asked to end, so that a process which comes later does not start its cell again.
func (r *sweepRun) applyRules(ctx context.Context) error {
	finished, err := r.finished(ctx)
	if err != nil {
		return err
	}
	for _, c := range r.p.Cells {
		if c.Same != "" || c.State != sweep.Running || c.Run.State != launch.Running || !r.l.Mine(*c.Run) {
			continue
		}
		verdict := c.Run.Verdict
		if verdict == "" {
			course, err := courseOf(ctx, r.l.Ledger, *c.Run)
			if err != nil {
				return err
			}
			verdict = r.p.Rules.Verdict(course, finished)
		}
		if verdict == "" {
			continue
		}
		ended, err := r.l.EndByRule(ctx, *c.Run, verdict)
		if err == nil && ended.Verdict == "" {
			continue // by itself, a moment before
		}
		r.tell(SweepNews{Cell: c.Name, Run: c.Run.ID, What: "stopped by a rule: " + verdict, Err: err})
	}
	return nil
}

func (r *sweepRun) finished(ctx context.Context) (all []sweep.Course, err error) {
	if r.p.Rules.Worse == 0 {
		return nil, nil
	}
	for _, c := range r.p.Cells {
		if c.Same != "" || c.State != sweep.Succeeded {
			continue
		}
		course, err := courseOf(ctx, r.l.Ledger, *c.Run)
		if err != nil {
			return nil, err
		}
		all = append(all, course)
	}
	return all, nil
}

// courseOf is what a run has told, step by step, over all its attempts.
func courseOf(ctx context.Context, ledger *launch.Ledger, run launch.Run) (sweep.Course, error) {
	c := sweep.Course{Total: run.TotalSteps, Diverged: run.Diverged}
	at := map[int64]int{}
	for _, key := range []struct {
		names []string
		set   func(p *sweep.Point, v float64)
	}{
		{[]string{"loss"}, func(p *sweep.Point, v float64) { p.Loss = v }},
		{[]string{"eval_loss"}, func(p *sweep.Point, v float64) { p.EvalLoss = v }},
		{[]string{"total_tokens", "num_input_tokens_seen"}, func(p *sweep.Point, v float64) { p.Tokens = int64(v) }},
	} {
		for _, name := range key.names {
			curve, err := ledger.Curve(ctx, run.ID, name)
			if err != nil {
				return c, err
			}
			for _, told := range curve {
				i, known := at[told.Step]
				if !known {
					i = len(c.Points)
					at[told.Step] = i
					c.Points = append(c.Points, sweep.Point{Step: told.Step, Loss: math.NaN(), EvalLoss: math.NaN()})
				}
				key.set(&c.Points[i], float64(told.Value))
			}
		}
	}
	c.Settle()
	return c, nil
}

// StopSweep keeps cells from being started and ends the runs that the sweep has asked
// for. Runs of its cells that others asked for go on.
func (y *Yard) StopSweep(ctx context.Context, name string, tell func(SweepNews)) (ended int, err error) {
	l, err := y.Launcher()
	if err != nil {
		return 0, err
	}
	if err := l.Ledger.StopSweep(ctx, name); err != nil {
		return 0, err
	}
	runs, err := l.Ledger.SweepRuns(ctx, name)
	evaluations, errEvals := l.Ledger.SweepEvaluations(ctx, name)
	faults := []error{err, errEvals}
	for _, run := range append(runs, evaluations...) {
		if run.State.Ended() {
			continue
		}
		_, err := l.Stop(ctx, run)
		tell(SweepNews{Cell: run.Job.CellName, Run: run.ID, What: "stopped", Err: err})
		faults = append(faults, err)
		ended++
	}
	return ended, errors.Join(faults...)
}
