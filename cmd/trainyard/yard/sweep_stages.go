package yard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/estimate"
	"trainyard/launch/result"
	"trainyard/launch/sweep"
)

// A SweepStage is a stage of a sweep as things stand.
type SweepStage struct {
	sweep.Stage
	Variants int `json:"variants"`
	Cells    int `json:"cells"` // of all variants
	// Most is how many variants may go on to it.
	Most int `json:"most"`
	// Choice is made of what the ledger has of the stage before.
	sweep.Choice
}

// beginStages adds the stages to a plan, before any of them has made its choice.
func (p *SweepPlan) beginStages(all []sweep.Stage) {
	for i, s := range all {
		one := SweepStage{Stage: s}
		variants := map[string]bool{}
		for _, c := range p.Cells {
			if c.Stage == i {
				one.Cells++
				variants[c.Variant] = true
			}
		}
		one.Variants = len(variants)
		one.Most = s.Most(one.Variants)
		p.Stages = append(p.Stages, one)
	}
}

// choose decides which variants go on, stage by stage, and says so of cells that are to be
// started. ledger may be nil: there are no runs.
func (p *SweepPlan) choose(ctx context.Context, ledger *launch.Ledger) error {
	for k := 1; k < len(p.Stages); k++ {
		stage := &p.Stages[k]
		all, err := p.contestants(ctx, ledger, k-1, stage.Stage)
		if err != nil {
			return err
		}
		stage.Choice = stage.Choose(all)
		for i := range p.Cells {
			c := &p.Cells[i]
			switch {
			case c.Stage != k || !c.toStart():
			case stage.Undecided != "":
				c.stays(sweep.Waits)
			case !stage.Wins(c.Variant):
				c.stays(sweep.Out)
			}
		}
	}
	return nil
}

// stays says of a cell and its evaluations that they are not run.
func (c *SweepCell) stays(s sweep.State) {
	c.State = s
	for i := range c.Evaluations {
		c.Evaluations[i].State = s
	}
}

// contestants are the cells of a stage, with what the next one goes by.
func (p *SweepPlan) contestants(ctx context.Context, ledger *launch.Ledger, stage int, by sweep.Stage) (all []sweep.Contestant, err error) {
	for i := range p.Cells {
		c := &p.Cells[i]
		if c.Stage != stage {
			continue
		}
		one := sweep.Contestant{Cell: c.Name, Variant: c.Variant, State: c.State}
		if c.State == sweep.Succeeded && ledger != nil {
			if one.Course, err = p.course(ctx, ledger, *c.Run); err != nil {
				return nil, err
			}
			if one.Score, one.Lacks, err = p.score(ctx, ledger, p.first(c), by); err != nil {
				return nil, err
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// first is the cell that has the content of this one, and its evaluations.
func (p *SweepPlan) first(c *SweepCell) *SweepCell {
	for i := range p.Cells {
		if c.Same != "" && p.Cells[i].Name == c.Same {
			return &p.Cells[i]
		}
	}
	return c
}

// course is what a run that succeeded has told; nothing before all of it is read.
func (p *SweepPlan) course(ctx context.Context, ledger *launch.Ledger, run launch.Run) (sweep.Course, error) {
	key := sweep.Try{Run: run.ID, N: run.N}
	if c, known := p.courses[key]; known || !run.Heard() {
		return c, nil
	}
	c, err := courseOf(ctx, ledger, run)
	if err == nil {
		if p.courses == nil {
			p.courses = map[sweep.Try]sweep.Course{}
		}
		p.courses[key] = c
	}
	return c, err
}

// score is the figure of a cell's evaluation; nil where there is none yet, with what it
// lacks.
func (p *SweepPlan) score(ctx context.Context, ledger *launch.Ledger, c *SweepCell, by sweep.Stage) (score *float64, lacks string, err error) {
	i := slices.IndexFunc(c.Evaluations, func(e CellEvaluation) bool { return e.Name == by.Evaluation() })
	switch {
	case i < 0:
		return nil, "", nil
	case c.Evaluations[i].State != sweep.Succeeded:
		return nil, fmt.Sprintf("has no %s yet, which is %s", by.By, c.Evaluations[i].State), nil
	}
	all, err := ledger.ResultLines(ctx, c.Run.ID)
	if err != nil {
		return nil, "", err
	}
	score, lacks = figureOf(leftBy(all, c.Evaluations[i]), by)
	return score, lacks, nil
}

// leftBy are those that an evaluation has left, or else those of what it says that it
// finds out.
func leftBy(all []launch.StoredResult, e CellEvaluation) (own []launch.StoredResult) {
	for _, r := range all {
		if r.LeftBy(e.Run.ID) {
			own = append(own, r)
		}
	}
	if len(own) > 0 || e.evaluation.Benchmark == "" {
		return own
	}
	for _, r := range all {
		if result.Fits(r.Benchmark, e.evaluation.Benchmark) && strings.EqualFold(r.Split, e.evaluation.Split) && r.Scaffold == e.evaluation.Scaffold {
			own = append(own, r)
		}
	}
	return own
}

// A variantCost is what the cells of one variant come to in a stage that waits.
type variantCost struct {
	cells, unknown int   // all, and those without an estimate
	tokens, steps  int64 // to train on, over all epochs
	hours, cost    estimate.Range
	worst          *float64
	evaluations    []EvaluationMoney
}

// weighWaiting sums stages that have not begun: as many of their variants as may go on, the
// dearest.
func (p *SweepPlan) weighWaiting() {
	for k := range p.Stages {
		costs := map[string]*variantCost{}
		var order []string
		for _, c := range p.Cells {
			if c.Stage != k || c.State != sweep.Waits || c.Same != "" {
				continue
			}
			v := costs[c.Variant]
			if v == nil {
				v = &variantCost{worst: new(float64)}
				costs[c.Variant], order = v, append(order, c.Variant)
			}
			v.add(c)
		}
		priced := !slices.ContainsFunc(order, func(name string) bool { return costs[name].unknown > 0 })
		slices.SortStableFunc(order, func(a, b string) int { return costs[b].compare(costs[a], priced) })
		for _, name := range order[:min(len(order), p.Stages[k].Most)] {
			p.Total.take(costs[name])
		}
	}
}

func (v *variantCost) add(c SweepCell) {
	v.cells++
	v.steps += c.Steps
	v.tokens += int64(float64(c.Tokens) * c.Recipe.Train.Epochs)
	v.worst = sumOf(v.worst, c.Worst)
	for _, e := range c.Evaluations {
		v.evaluations = append(v.evaluations, e.EvaluationMoney)
	}
	if c.Hours == nil || c.Cost == nil {
		v.unknown++
		return
	}
	v.hours, v.cost = addRange(v.hours, *c.Hours), addRange(v.cost, *c.Cost)
}

// compare puts what is not known above all. Where one variant has no estimate, priced is
// false, and what all have is compared: tokens to train on, and steps.
func (v *variantCost) compare(o *variantCost, priced bool) int {
	byWork := cmp.Or(cmp.Compare(v.tokens, o.tokens), cmp.Compare(v.steps, o.steps))
	if priced {
		byWork = cmp.Or(cmp.Compare(v.cost.High, o.cost.High), byWork)
	}
	switch {
	case v.worst == nil && o.worst == nil:
		return byWork
	case v.worst == nil:
		return 1
	case o.worst == nil:
		return -1
	}
	return cmp.Or(cmp.Compare(*v.worst, *o.worst), byWork)
}

// take adds what a variant comes to. The worst case of its cells has that of their
// evaluations in it.
func (t *SweepTotal) take(v *variantCost) {
	t.Planned += v.cells
	t.Steps += v.steps
	t.Left = sumOf(t.Left, v.worst)
	t.Unknown += v.unknown
	for _, e := range v.evaluations {
		t.Evaluations.Waiting++
		t.Evaluations.take(e)
	}
	t.Hours, t.Cost = addRange(t.Hours, v.hours), addRange(t.Cost, v.cost)
}

// unheard reports whether a stage waits for what the trainers of the one before told,
// which is about to be read.
func (r *sweepRun) unheard() bool {
	if !slices.ContainsFunc(r.p.Stages, func(s SweepStage) bool { return s.Undecided != "" }) {
		return false
	}
	return slices.ContainsFunc(r.p.Cells, func(c SweepCell) bool {
		return c.State == sweep.Succeeded && !c.Run.Heard() && r.l.Mine(*c.Run) && time.Since(c.Run.EndedAt) < sweep.Patience
	})
}
