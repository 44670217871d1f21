package yard

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/recipes"
)

// Measures are what curves can be drawn by, with what each counts.
var Measures = map[string]string{
	"step":    "optimizer steps",
	"tokens":  "tokens trained on, as the trainer counts them",
	"time":    "hours of training, by the trainer's own clock, over all attempts",
	"dollars": "dollars spent, by the price of each attempt and its trainer's clock",
}

// A CurveComparison is one figure of every side over the same places.
type CurveComparison struct {
	Key string `json:"key"`
	By  string `json:"by"` // of Measures
	// At are the places, evenly spaced from 0 to the farthest that a run came.
	At    []float64   `json:"at"`
	Sides []SideCurve `json:"sides"`
	// Common is the farthest place that all sides reach.
	Common float64 `json:"common"`
	// Even are runs whose trainers tell no clock: their time is spread over their steps.
	Even []string `json:"evenly_spread,omitempty"`
}

// A SideCurve is the mean over the runs of a side.
type SideCurve struct {
	Side   string     `json:"side"`
	Values []*float64 `json:"values"`    // at each place; null beyond the side's end
	Last   *float64   `json:"last"`      // the mean of the last values, wherever each run ended
	Common *float64   `json:"at_common"` // the value at CurveComparison.Common
	// Missing says why a side has no curve.
	Missing string `json:"missing,omitempty"`
}

// places is how many places curves are read at.
const places = 96

// curveKeys are other names that trainers give a figure.
var curveKeys = map[string][]string{
	"loss":      {"loss", "train/loss"},
	"eval_loss": {"eval_loss", "val/loss"},
	"lr":        {"lr", "learning_rate", "train/lr"},
	"grad_norm": {"grad_norm", "train/grad_norm"},
}

// draw reads the curves. That no trainer told the figure is no error unless it was asked
// for by name.
func (c *RunComparison) draw(ctx context.Context, ledger *launch.Ledger, req CompareRequest) error {
	key, by := req.Curve, req.By
	if key == "" {
		key = "loss"
	}
	if by == "" {
		by = "step"
	}
	if _, known := Measures[by]; !known {
		return fmt.Errorf("by %q: there are %s", by, strings.Join(slices.Sorted(maps.Keys(Measures)), ", "))
	}
	drawn := &CurveComparison{Key: key, By: by, Common: math.Inf(1)}
	var faults []error
	curves := make([][]curve, len(c.Sides))
	for i, s := range c.Sides {
		side := SideCurve{Side: s.Name}
		for _, r := range s.Runs {
			one, even, err := readCurve(ctx, ledger, r.run, key, by)
			if even {
				drawn.Even = append(drawn.Even, r.ID)
			}
			switch {
			case errors.Is(err, errNoCurve):
				side.Missing = err.Error()
				faults = append(faults, err)
			case err != nil:
				return err
			default:
				curves[i] = append(curves[i], one)
			}
		}
		drawn.Sides = append(drawn.Sides, side)
	}
	if !drawn.fill(curves) {
		c.NoCurves = "no run told anything to draw"
		if len(faults) > 0 {
			c.NoCurves = faults[0].Error()
		}
		if req.Curve != "" {
			return c.otherCurves(ctx, ledger, key)
		}
		return nil
	}
	c.Curves = drawn
	return nil
}

// otherCurves says why a figure that was asked for is not drawn, and where no trainer
// told it, which ones there are.
func (c *RunComparison) otherCurves(ctx context.Context, ledger *launch.Ledger, key string) error {
	var told []string
	for _, s := range c.Sides {
		for _, r := range s.Runs {
			series, err := ledger.Series(ctx, r.ID)
			if err != nil {
				return err
			}
			for _, one := range series {
				told = append(told, one.Key)
			}
		}
	}
	slices.Sort(told)
	told = slices.Compact(told)
	switch near := recipes.Closest(key, told); {
	case slices.ContainsFunc(namesOfCurve(key), func(name string) bool { return slices.Contains(told, name) }) || len(told) == 0:
		return errors.New(c.NoCurves)
	case near != "":
		return fmt.Errorf("%s; did you mean %q? There are %s", c.NoCurves, near, strings.Join(told, ", "))
	}
	return fmt.Errorf("%s; there are %s", c.NoCurves, strings.Join(told, ", "))
}

// namesOfCurve are what trainers call a figure.
func namesOfCurve(key string) []string {
	if names := curveKeys[key]; names != nil {
		return names
	}
	return []string{key}
}

// errNoCurve is what a run lacks for a curve.
var errNoCurve = errors.New("no curve")

// A curve is one figure of one run by a measure, in order.
type curve struct{ at, values []float64 }

func readCurve(ctx context.Context, ledger *launch.Ledger, run launch.Run, key, by string) (c curve, even bool, err error) {
	points, err := firstTold(ctx, ledger.Curve, run, namesOfCurve(key))
	if err != nil {
		return c, false, err
	}
	place, even, err := placesOf(ctx, ledger, run, by)
	if err != nil {
		return c, false, err
	}
	for _, p := range points {
		at, known := place(p)
		if v := float64(p.Value); known && !math.IsNaN(v) && !math.IsInf(v, 0) && (len(c.at) == 0 || at >= c.at[len(c.at)-1]) {
			c.at, c.values = append(c.at, at), append(c.values, v)
		}
	}
	if len(c.at) == 0 {
		return c, false, fmt.Errorf("%w of %s by %s: run %.8s told nothing of both", errNoCurve, key, by, run.ID)
	}
	return c, even, nil
}

// firstTold is the curve of the first name that the trainer told.
func firstTold(ctx context.Context, read func(ctx context.Context, run, key string) ([]launch.Point, error), run launch.Run, names []string) ([]launch.Point, error) {
	for _, name := range names {
		points, err := read(ctx, run.ID, name)
		if err != nil || len(points) > 0 {
			return points, err
		}
	}
	return nil, fmt.Errorf("%w of %s: the trainer of run %.8s told none", errNoCurve, names[0], run.ID)
}

// fill reads every curve at the same places, and says whether there is any.
func (c *CurveComparison) fill(curves [][]curve) bool {
	far, any := 0.0, false
	for _, side := range curves {
		nearest := math.Inf(1)
		for _, one := range side {
			last := one.at[len(one.at)-1]
			far, nearest, any = max(far, last), min(nearest, last), true
		}
		c.Common = min(c.Common, nearest)
	}
	if !any {
		return false
	}
	if math.IsInf(c.Common, 1) {
		c.Common = far
	}
	for i := range places {
		c.At = append(c.At, far*float64(i)/(places-1))
	}
	for i, side := range curves {
		s := &c.Sides[i]
		for _, at := range c.At {
			s.Values = append(s.Values, meanAt(side, at))
		}
		s.Common = meanAt(side, c.Common)
		if len(side) > 0 {
			last := 0.0
			for _, one := range side {
				last += one.values[len(one.values)-1] / float64(len(side))
			}
			s.Last = &last
		}
	}
	return true
}

// meanAt is the mean of the curves that reach a place; nil where none does.
func meanAt(curves []curve, at float64) *float64 {
	sum, n := 0.0, 0
	for _, c := range curves {
		if v, there := c.read(at); there {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return nil
	}
	mean := sum / float64(n)
	return &mean
}

// read is the value at a place, on the line between the points beside it.
func (c curve) read(at float64) (float64, bool) {
	i, exact := slices.BinarySearch(c.at, at)
	switch {
	case exact:
		return c.values[i], true
	case i == 0 || i == len(c.at):
		return 0, false
	}
	part := (at - c.at[i-1]) / (c.at[i] - c.at[i-1])
	return c.values[i-1] + part*(c.values[i]-c.values[i-1]), true
}
