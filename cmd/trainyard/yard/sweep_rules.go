package yard

import (
	"context"
	"errors"
	"math"
	"strings"

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
		said, err := toldByRule(ctx, r.l.Ledger, *c.Run)
		if err != nil {
			return err
		}
		verdict := said
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
		if said == "" {
			if err := r.l.Ledger.Note(ctx, c.Run.ID, c.Run.N, sweep.Told+verdict); err != nil {
				return err
			}
		}
		_, err = r.l.Stop(ctx, *c.Run)
		r.tell(SweepNews{Cell: c.Name, Run: c.Run.ID, What: sweep.Told + verdict, Err: err})
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

// toldByRule is the verdict that ended, or is about to end, a run's newest attempt;
// empty where none does.
func toldByRule(ctx context.Context, ledger *launch.Ledger, run launch.Run) (string, error) {
	events, err := ledger.Events(ctx, run.ID)
	for _, e := range events {
		if verdict, told := strings.CutPrefix(e.Text, sweep.Told); told && e.Attempt == run.N {
			return verdict, err
		}
	}
	return "", err
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
