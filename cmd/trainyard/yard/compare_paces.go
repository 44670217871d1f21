package yard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"trainyard/launch"
)

// tokenCounts and clocks are how trainers count what they have trained on, and tell the
// time: in tokens and in seconds since their attempt began.
var (
	tokenCounts = []string{"total_tokens", "num_input_tokens_seen", "num_tokens"}
	clocks      = []string{"elapsed_time", "train_runtime"}
)

// placesOf says where a point of a run stands by a measure. even says that its trainer
// tells no clock, and its time was spread over its steps.
func placesOf(ctx context.Context, ledger *launch.Ledger, run launch.Run, by string) (place func(launch.Point) (float64, bool), even bool, err error) {
	if by == "step" {
		return func(p launch.Point) (float64, bool) { return float64(p.Step), true }, false, nil
	}
	attempts, err := ledger.Attempts(ctx, run.ID)
	if err != nil {
		return nil, false, err
	}
	names := clocks
	if by == "tokens" {
		names = tokenCounts
	}
	told, err := firstTold(ctx, ledger.RawCurve, run, names)
	if errors.Is(err, errNoCurve) && by != "tokens" {
		if told, even = spread(attempts, time.Now()), true; len(told) > 0 {
			err = nil
		}
	}
	if err != nil {
		return nil, false, err
	}
	p := pacesOf(told, attempts)
	switch by {
	case "tokens":
		p.countOn(attempts)
	case "time":
		p.add(attempts, func(launch.Attempt) (float64, bool) { return 1. / 3600, true })
	case "dollars":
		p.add(attempts, func(a launch.Attempt) (float64, bool) {
			if a.Price == nil {
				return 0, false
			}
			return *a.Price / 3600, true
		})
		if len(p.rate) == 0 {
			return nil, false, fmt.Errorf("%w by dollars: nothing says what run %.8s costs", errNoCurve, run.ID)
		}
	}
	return p.place, even, nil
}

// spread takes an attempt for as fast at every step, where its trainer tells no clock.
func spread(attempts []launch.Attempt, now time.Time) (points []launch.Point) {
	for _, a := range attempts {
		if took := a.Duration(now); took > 0 && a.Step > 0 {
			points = append(points, launch.Point{Attempt: a.N, Step: a.Step, Value: launch.Figure(took.Seconds())})
		}
	}
	return points
}

// A paces is how far each attempt had come at its steps, in what it counts itself.
type paces struct {
	of     map[int]*curve
	offset map[int]float64 // what came before the attempt, in the measure
	rate   map[int]float64 // the measure by what it counts; an attempt without one has no place
}

func pacesOf(told []launch.Point, attempts []launch.Attempt) *paces {
	p := &paces{of: map[int]*curve{}, offset: map[int]float64{}, rate: map[int]float64{}}
	newest := map[int]map[int64]float64{} // a new beginning of the log counts before an old one
	for _, point := range told {
		if newest[point.Attempt] == nil {
			newest[point.Attempt] = map[int64]float64{}
		}
		newest[point.Attempt][point.Step] = float64(point.Value)
	}
	for _, a := range attempts {
		steps := newest[a.N]
		if len(steps) == 0 {
			continue
		}
		c := &curve{}
		if _, told := steps[0]; !told && a.ResumedStep == nil {
			c.at, c.values = []float64{0}, []float64{0}
		}
		if a.ResumedStep != nil && len(steps) == 1 { // its end alone: from where it began
			c.at, c.values = []float64{float64(*a.ResumedStep)}, []float64{0}
		}
		var sorted []int64
		for step := range steps {
			sorted = append(sorted, step)
		}
		slices.Sort(sorted)
		for _, step := range sorted {
			c.at, c.values = append(c.at, float64(step)), append(c.values, steps[step])
		}
		p.of[a.N] = c
	}
	return p
}

// place is where a point stands; not known is what lies outside of what was told.
func (p *paces) place(point launch.Point) (float64, bool) {
	c, rate := p.of[point.Attempt], p.rate[point.Attempt]
	if c == nil || rate == 0 {
		return 0, false
	}
	told, known := c.read(float64(point.Step))
	return p.offset[point.Attempt] + rate*told, known
}

// add puts attempts one behind the other: what one took counts for those after it.
func (p *paces) add(attempts []launch.Attempt, rateOf func(launch.Attempt) (float64, bool)) {
	before := 0.0
	for _, a := range attempts {
		rate, known := rateOf(a)
		c := p.of[a.N]
		if !known || rate == 0 {
			continue
		}
		p.offset[a.N], p.rate[a.N] = before, rate
		if c != nil {
			before += rate * c.values[len(c.values)-1]
		}
	}
}

// countOn finds for each attempt whether its count goes on from the step that it began
// at, or begins anew there, as [launch.Ledger.TokensTrained] does.
func (p *paces) countOn(attempts []launch.Attempt) {
	for i, a := range attempts {
		c := p.of[a.N]
		if c == nil {
			continue
		}
		p.rate[a.N] = 1
		if i == 0 || a.ResumedStep == nil {
			continue
		}
		before, known := p.place(launch.Point{Attempt: attempts[i-1].N, Step: *a.ResumedStep})
		if known && c.values[0] < before {
			p.offset[a.N] = before
		}
	}
}
