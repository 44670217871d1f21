package yard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trainyard/launch"
	"trainyard/launch/sweep"
)

// A CellEvaluation is an evaluation of a cell, and what has become of it.
type CellEvaluation struct {
	EvaluationMoney
	State sweep.State `json:"state"`
	Run   *launch.Run `json:"run,omitempty"`
	// Dollars is what it has cost.
	Dollars *float64 `json:"dollars,omitempty"`

	evaluation launch.Evaluation
	cell       string // of the evaluation; empty: the cell has not succeeded
}

// Command is its argv, with the placeholders.
func (e CellEvaluation) Command() []string { return e.evaluation.Command }

// An EvaluationTotal sums the evaluations of all cells.
type EvaluationTotal struct {
	Count int                 `json:"count"`
	By    map[sweep.State]int `json:"by_state"`
	// Waiting are those of stages that wait, at the most; Count has none of them.
	Waiting int `json:"waiting"`
	// Hours is how long those that are left may take, at the most, Endless how many of
	// them have no deadline, and Left their worst case in dollars; nil is not known.
	Hours   float64  `json:"hours_left"`
	Endless int      `json:"without_deadline"`
	Left    *float64 `json:"worst_case_left"`
}

// expect says which evaluations the cell is to have.
func (c *SweepCell) expect(plan *Plan) {
	c.Evaluations = nil
	for i, e := range plan.Job.Evals {
		one := CellEvaluation{State: sweep.Missing, evaluation: e, EvaluationMoney: EvaluationMoney{Name: e.Name}}
		if i < len(plan.Evaluations) {
			one.EvaluationMoney = plan.Evaluations[i]
		}
		c.Evaluations = append(c.Evaluations, one)
	}
}

// evaluations visits those of cells of different contents that are run.
func (p *SweepPlan) evaluations(visit func(c *SweepCell, e *CellEvaluation)) {
	for i := range p.Cells {
		c := &p.Cells[i]
		if c.Same != "" || c.State == sweep.Waits || c.State == sweep.Out {
			continue
		}
		for k := range c.Evaluations {
			visit(c, &c.Evaluations[k])
		}
	}
}

// lookAtEvaluations finds what has become of the evaluations of cells that succeeded.
func (p *SweepPlan) lookAtEvaluations(ctx context.Context, l *launch.Launcher) error {
	var cells []string
	p.evaluations(func(c *SweepCell, e *CellEvaluation) {
		e.State, e.Run, e.Dollars, e.cell = sweep.Missing, nil, nil, ""
		if c.State == sweep.Succeeded {
			e.cell = e.evaluation.Cell(*c.Run)
			cells = append(cells, e.cell)
		}
	})
	if len(cells) == 0 {
		return nil
	}
	runs, err := l.Ledger.Cells(ctx, cells)
	p.evaluations(func(_ *SweepCell, e *CellEvaluation) {
		if e.cell == "" {
			return
		}
		e.State, e.Run = sweep.Standing(runs[e.cell], false, time.Now())
		if e.Run != nil {
			attempts, errFacts := attemptsOf(ctx, l.Ledger, *e.Run)
			e.Dollars, err = totalOf(attempts).Dollars, errors.Join(err, errFacts)
		}
	})
	return err
}

// countEvaluations sums the evaluations by state.
func (p *SweepPlan) countEvaluations() {
	p.Total.Evaluations.Count, p.Total.Evaluations.By = 0, map[sweep.State]int{}
	p.evaluations(func(_ *SweepCell, e *CellEvaluation) {
		p.Total.Evaluations.Count++
		p.Total.Evaluations.By[e.State]++
		if e.Dollars != nil {
			p.Total.Spent += *e.Dollars
		}
	})
}

// weighEvaluations sums what is left of the evaluations. That of a cell which is to be
// started is in the cell's own worst case.
func (p *SweepPlan) weighEvaluations() {
	t := &p.Total.Evaluations
	t.Left = new(float64)
	p.evaluations(func(c *SweepCell, e *CellEvaluation) {
		if e.State == sweep.Succeeded || e.State == sweep.Running {
			return
		}
		worst := t.take(e.EvaluationMoney)
		if c.toStart() {
			return
		}
		p.Total.Left = sumOf(p.Total.Left, worst)
	})
}

// take adds an evaluation that is left, and returns its worst case.
func (t *EvaluationTotal) take(e EvaluationMoney) (worst *float64) {
	if t.Hours += hoursOf(e.Hours); e.Hours == nil {
		t.Endless++
	}
	worst = worstOf([]EvaluationMoney{e})
	t.Left = sumOf(t.Left, worst)
	return worst
}

func hoursOf(hours *float64) float64 {
	if hours == nil {
		return 0
	}
	return *hours
}

// toStart reports whether the cell has no run that goes on or has succeeded.
func (c *SweepCell) toStart() bool {
	return c.State == sweep.Missing || c.State == sweep.Prepared || c.State.Again()
}

// name is what the evaluation is called in news.
func (e *CellEvaluation) name(c *SweepCell) string { return c.Name + "/" + e.Name }

// due are the evaluations that are to be started, or begun again.
func (r *sweepRun) due(visit func(c *SweepCell, e *CellEvaluation)) {
	if r.stopped {
		return
	}
	r.p.evaluations(func(c *SweepCell, e *CellEvaluation) {
		if e.cell != "" && !r.refused[e.cell] && sweep.May(e.State, e.Run, r.before) {
			visit(c, e)
		}
	})
}

// evaluate starts the evaluations of cells that have succeeded.
func (r *sweepRun) evaluate(ctx context.Context) (err error) {
	r.due(func(c *SweepCell, e *CellEvaluation) {
		if err == nil && !r.stopped {
			err = r.evaluateOne(ctx, c, e)
		}
	})
	return err
}

func (r *sweepRun) evaluateOne(ctx context.Context, c *SweepCell, e *CellEvaluation) error {
	if !r.l.Mine(*c.Run) {
		return r.sort(e.name(c), e.cell, *c.Run, fmt.Errorf("its run belongs to %s: evaluate it there", c.Run.Home))
	}
	if e.State.Again() && !e.Run.NeverStarted {
		return r.evaluateAgain(ctx, c, e)
	}
	run := *c.Run
	run.Job.Sweep, run.Job.CellName = r.p.Name, c.Name
	for _, d := range r.l.EvaluateWithin(ctx, run, []launch.Evaluation{e.evaluation}, 0) {
		var way *launch.ComingError
		if errors.As(d.Err, &way) { // the other cells go on meanwhile
			return nil
		}
		if d.Err != nil {
			return r.sort(e.name(c), e.cell, launch.Run{}, d.Err)
		}
		e.State = sweep.Running
		r.p.Total.Evaluations.By[sweep.Running]++
		r.tell(SweepNews{Cell: e.name(c), Run: d.Run.ID, What: "started"})
	}
	return nil
}

func (r *sweepRun) evaluateAgain(ctx context.Context, c *SweepCell, e *CellEvaluation) error {
	run, err := r.l.Retry(ctx, *e.Run, launch.Retry{Fresh: true, Reason: "the sweep " + r.p.Name + " is run again"})
	var overtaken *launch.FenceError
	if errors.As(err, &overtaken) {
		return nil // another process was first
	}
	if err != nil {
		return r.sort(e.name(c), e.cell, launch.Run{}, err)
	}
	e.State = sweep.Running
	r.p.Total.Evaluations.By[sweep.Running]++
	r.tell(SweepNews{Cell: e.name(c), Run: run.ID, What: fmt.Sprintf("attempt %d started", run.N)})
	return nil
}

// evaluating reports whether evaluations go on, are due, or are about to go on.
func (r *sweepRun) evaluating(ctx context.Context) bool {
	more := r.p.Total.Evaluations.By[sweep.Running] > 0
	r.due(func(*SweepCell, *CellEvaluation) { more = true })
	r.p.evaluations(func(_ *SweepCell, e *CellEvaluation) {
		more = more || e.State == sweep.Failed && r.follows(ctx, *e.Run)
	})
	return more
}
