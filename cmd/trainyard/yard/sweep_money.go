package yard

import (
	"context"
	"fmt"

	"trainyard/launch"
	"trainyard/launch/estimate"
	"trainyard/launch/sweep"
	"trainyard/recipes"
)

// A SweepTotal sums cells, each content once.
type SweepTotal struct {
	Cells int                 `json:"cells"` // of different contents
	By    map[sweep.State]int `json:"by_state"`
	// Planned are those that are run at the most: of a stage that waits as many as may go
	// on. Steps, Hours and Cost are theirs.
	Planned int            `json:"cells_planned"`
	Steps   int64          `json:"steps"`
	Hours   estimate.Range `json:"hours"` // of those whose are known
	Cost    estimate.Range `json:"cost"`
	// Unknown cells have neither.
	Unknown int `json:"cells_without_estimate"`
	// Spent is what runs of cells have cost; Left sums the worst cases of those that are
	// to be started, nil where one has none.
	Spent float64  `json:"spent_dollars"`
	Left  *float64 `json:"worst_case_left"`
	// Evaluations are summed beside the cells; Spent and Left have them in it.
	Evaluations EvaluationTotal `json:"evaluations"`
}

// estimateCell says what training the cell at the site comes to, and what it can cost at
// the most.
func (y *Yard) estimateCell(ctx context.Context, c *SweepCell, req SweepRequest, site estimate.Site) {
	r := c.Recipe
	training := trainingOf(r, c.manifest)
	c.Steps = stepsOf(r, c.Rows)
	shape, _, err := shapeOf(r.Model.Base)
	switch {
	case r.Train.Trainer == "smoke":
		c.Unknown = "the trainer smoke fits a tiny model on this machine, seconds"
	case err != nil:
		c.Unknown = err.Error()
	default:
		training.Model = shape
		if at, err := training.At(site); err != nil {
			c.Unknown = err.Error()
		} else if c.Hours, c.Cost = at.Hours, at.Cost; !at.Fits {
			c.Unknown = fmt.Sprintf("%s does not fit %d × %s by %s", r.Model.Base, site.Count, site.GPU, r.Train.Method)
		}
	}
	plan, err := newPlan(r, req.Launch)
	if err == nil {
		err = y.count(ctx, plan, req.Launch)
	}
	c.Worst = plan.Money.Worst
	c.expect(plan)
	if err != nil {
		c.Unbound = err.Error()
	}
	if err := y.launcher(nil).PrecheckEvaluations(plan.Job); err != nil {
		c.Fault = err.Error()
	}
}

// stepsOf is how often the optimizer steps.
func stepsOf(r *recipes.Recipe, rows int64) int64 {
	perEpoch := (rows + int64(r.Train.Batch) - 1) / int64(r.Train.Batch)
	steps := int64(float64(perEpoch)*r.Train.Epochs + 0.999999)
	if most := int64(r.Train.MaxSteps); most > 0 && most < steps {
		return most
	}
	return steps
}

// weigh sums what the cells come to, and looks at the caps.
func (p *SweepPlan) weigh(caps launch.Caps) {
	left := 0.0
	p.Total.Left = &left
	for _, c := range p.Cells {
		if c.Same != "" || c.State == sweep.Waits || c.State == sweep.Out {
			continue
		}
		p.Total.Planned++
		p.Total.Steps += c.Steps
		if c.Hours == nil || c.Cost == nil {
			p.Total.Unknown++
		} else {
			p.Total.Hours, p.Total.Cost = addRange(p.Total.Hours, *c.Hours), addRange(p.Total.Cost, *c.Cost)
		}
		if c.toStart() {
			p.Total.Left = sumOf(p.Total.Left, c.Worst)
		}
	}
	p.weighEvaluations()
	p.weighWaiting()
	p.overCaps(caps)
}

func addRange(a, b estimate.Range) estimate.Range {
	return estimate.Range{Low: a.Low + b.Low, Likely: a.Likely + b.Likely, High: a.High + b.High}
}

func (p *SweepPlan) overCaps(caps launch.Caps) {
	if p.Total.Left == nil {
		return
	}
	sweepCap := caps.Sweep
	if p.Rules.Dollars > 0 && (sweepCap == 0 || p.Rules.Dollars < sweepCap) {
		sweepCap = p.Rules.Dollars
	}
	for _, c := range []struct {
		of    string
		limit float64
		spent float64
	}{{"sweep", sweepCap, p.Total.Spent}, {"day", caps.Day, 0}, {"month", caps.Month, 0}} {
		if c.limit > 0 && *p.Total.Left+c.spent > c.limit {
			p.OverCaps = append(p.OverCaps, fmt.Sprintf("$%.2f for a %s: the worst case of what is left is $%.2f, after $%.2f", c.limit, c.of, *p.Total.Left, c.spent))
		}
	}
}
