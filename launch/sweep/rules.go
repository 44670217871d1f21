package sweep

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Figures and Measures are the words of Rules.Of and Rules.At.
var (
	Figures  = []string{"loss", "eval_loss"}
	Measures = []string{"steps", "tokens"}
)

// Rules say when a cell is stopped before its end.
type Rules struct {
	// NotFinite stops a run whose loss is no finite number any more.
	NotFinite bool `json:"not_finite"`
	// Worse stops a run whose figure lies so far above the median of the finished cells
	// at the same place, as a part of that median: 0.2 is a fifth. 0 stops none.
	Worse float64 `json:"worse,omitempty"`
	Of    string  `json:"of"` // of Figures
	At    string  `json:"at"` // of Measures
	// After is the part of a run before which it is not compared.
	After float64 `json:"after"`
	// Least is how many finished cells there must be.
	Least int `json:"least"`
	// Dollars is what all of the sweep may cost; 0: as the caps say.
	Dollars float64 `json:"dollars,omitempty"`
}

// Usual are the rules of a sweep that says none.
func Usual() Rules {
	return Rules{NotFinite: true, Of: "loss", At: "steps", After: 0.2, Least: 3}
}

// A Point is what a run had told at a step. Figures that were not told are NaN.
type Point struct {
	Step, Tokens   int64
	Loss, EvalLoss float64
}

// A Course is a run as the rules see it.
type Course struct {
	Points   []Point // in order of steps
	Total    int64   // steps in all; 0: not known
	Diverged bool
}

// Settle puts the points in order, and gives each the tokens of the one before it where
// it has none of its own.
func (c *Course) Settle() {
	slices.SortFunc(c.Points, func(a, b Point) int { return cmp.Compare(a.Step, b.Step) })
	for i := 1; i < len(c.Points); i++ {
		c.Points[i].Tokens = max(c.Points[i].Tokens, c.Points[i-1].Tokens)
	}
}

// window is how many figures are averaged: one step's loss says little.
const window = 5

// Verdict is why a run is to be stopped; empty: it goes on. finished are the courses of
// the cells that succeeded.
func (r Rules) Verdict(run Course, finished []Course) string {
	if r.NotFinite && run.Diverged {
		return "its loss is no finite number"
	}
	if r.Worse == 0 || len(finished) < max(1, r.Least) || len(run.Points) == 0 {
		return ""
	}
	last := run.Points[len(run.Points)-1]
	if run.Total == 0 || float64(last.Step) < r.After*float64(run.Total) || last.Step >= run.Total {
		return "" // at its last step all is paid, and its model is about to be saved
	}
	place := r.place(last)
	mine, known := r.figure(run, place)
	var others []float64
	for _, f := range finished {
		if v, known := r.figure(f, place); known && r.reaches(f, place) {
			others = append(others, v)
		}
	}
	if !known || len(others) < max(1, r.Least) {
		return ""
	}
	if median := medianOf(others); mine > median+r.Worse*math.Abs(median) {
		return fmt.Sprintf("its %s of %.4g at %d %s is more than %.3g %% above %.4g, the median of %d finished cells there", r.Of, mine, place, r.At, 100*r.Worse, median, len(others))
	}
	return ""
}

func (r Rules) place(p Point) int64 {
	if r.At == "tokens" {
		return p.Tokens
	}
	return p.Step
}

// reaches reports whether the course went as far as the place.
func (r Rules) reaches(c Course, place int64) bool {
	return len(c.Points) > 0 && r.place(c.Points[len(c.Points)-1]) >= place
}

// figure is the mean of the newest figures up to the place.
func (r Rules) figure(c Course, place int64) (mean float64, known bool) {
	var newest []float64
	for _, p := range c.Points {
		v := p.Loss
		if r.Of == "eval_loss" {
			v = p.EvalLoss
		}
		if r.place(p) <= place && !math.IsNaN(v) {
			newest = append(newest, v)
		}
	}
	newest = newest[max(0, len(newest)-window):]
	for _, v := range newest {
		mean += v / float64(len(newest))
	}
	return mean, len(newest) > 0
}

func medianOf(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}
