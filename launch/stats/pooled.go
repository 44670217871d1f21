package stats

import (
	"fmt"
	"math"
	"slices"
)

// A PooledDifference is the difference of two cells. Its interval is for the next
// seeds as well as for the next instances.
type PooledDifference struct {
	Estimate
	// P is the probability that goes with the interval: the smallest 1 - level at which
	// it leaves out zero. It is no smaller than what the draws can show.
	P      float64 `json:"p"`
	SeedsA int     `json:"seeds_a"`
	SeedsB int     `json:"seeds_b"`
	// Freedom is the degrees of freedom that the interval was widened for; 0 where
	// it was not, because seeds add nothing that can be seen.
	Freedom float64 `json:"freedom,omitempty"`
}

// DifferencePooled is the mean of second minus first over instances and seeds, by
// a hierarchical bootstrap: instances are drawn with replacement and, in each cell,
// runs are. All seeds judged the same instances, so the two are crossed.
//
// Drawing both as they stand is wrong twice (Davison and Hinkley 1997, 3.8; Owen
// 2007): luck in judging is counted with the instances and with the seeds, and few
// seeds drawn with replacement vary too little. The runs' means are therefore drawn
// towards their centre, or away from it, until their variance is the one that the
// analysis of variance finds between seeds. What is left is that few seeds estimate
// a variance badly: the interval is widened by Student's quantile over the normal
// one, with Satterthwaite's degrees of freedom. Differences of verdicts end at -1 and 1.
//
// Where fewer than two degrees of freedom are left and the interval holds zero, or it
// holds all that is possible, it says nothing, and TooFew says so.
//
// A cell with one run has no seeds to draw: its interval is of instances alone, the
// method says so, and Warn tells.
func DifferencePooled(p Pooled, o Options) (PooledDifference, error) {
	o, err := o.filled()
	if err != nil {
		return PooledDifference{}, err
	}
	if len(p.Names) == 0 || len(p.A) == 0 || len(p.B) == 0 {
		return PooledDifference{}, fmt.Errorf("the difference of two cells over %s and %d and %d seeds", instances(len(p.Names)), len(p.A), len(p.B))
	}
	out := PooledDifference{SeedsA: len(p.A), SeedsB: len(p.B)}
	averaged, a, b := p.Averaged(), spreadOf(p.A), spreadOf(p.B)
	beyondInstances(averaged.variance(), &a, &b)
	if delta, same := averaged.alike(); same && a.seeds == 0 && b.seeds == 0 {
		out.Estimate = p.constantDifference(averaged, delta, o.Level)
		out.P = permutation(averaged, out.Estimate, o).P // nothing to draw: by signs
	} else {
		out.Estimate, out.P, out.Freedom = hierarchical(p, a, b, o)
	}
	if p.verdicts() {
		out.Estimate = out.Within(-1, 1)
	}
	seeds := fmt.Sprintf("%d and %s are too few", len(p.A), counted(len(p.B), "seed"))
	switch {
	case out.Freedom > 0 && out.Freedom < enoughFreedom && !out.Separable():
		out.TooFew = seeds
	case p.verdicts() && out.Low == -1 && out.High == 1:
		out.TooFew = instances(len(p.Names)) + " with " + seeds
	}
	out.Words = fmt.Sprintf("%s; %d and %s", p.words(out.Estimate), len(p.A), counted(len(p.B), "seed"))
	return out, nil
}

// words states a difference of the two cells.
func (p Pooled) words(e Estimate) string {
	return differenceWords(p.First, p.Second, p.verdicts(), e)
}

// verdicts says whether all runs of both cells have verdicts.
func (p Pooled) verdicts() bool {
	of := func(row []float64) bool { return !verdicts(row) }
	return !slices.ContainsFunc(p.A, of) && !slices.ContainsFunc(p.B, of)
}

// constantDifference is the estimate where the means of each instance differ by delta and
// no run of a cell is better than another. Verdicts have Bonett and Price's interval,
// with the shares that were won or lost.
func (p Pooled) constantDifference(averaged Paired, delta, level float64) Estimate {
	if !p.verdicts() {
		return constantDifference(averaged, delta, level)
	}
	n := float64(len(p.Names))
	return bonettPrice(n*math.Max(0, delta), n*math.Max(0, -delta), len(p.Names), level)
}

// hierarchical draws, and gives the widened interval, its probability and its degrees
// of freedom.
func hierarchical(p Pooled, a, b spread, o Options) (Estimate, float64, float64) {
	w := widened{drawn: drawnCells(p, a, b, o), value: mean(rowMeans(p.B)) - mean(rowMeans(p.A)), freedom: freedomOf(p.Averaged().variance(), len(p.Names), a, b)}
	e := Estimate{Value: w.value, Level: o.Level, N: len(p.Names), Method: "hierarchical bootstrap of instances and seeds"}
	e.Low, e.High = w.interval(o.Level)
	if len(p.A) == 1 || len(p.B) == 1 {
		e.Method = "bootstrap of instances; seeds only where a cell has several"
	}
	return e, w.probability(), w.freedom
}

// drawnCells is the sorted bootstrap distribution of the difference.
func drawnCells(p Pooled, a, b spread, o Options) []float64 {
	means := resampled(slices.Concat(p.A, p.B), o)
	inA, inB := means[:len(p.A)], means[len(p.A):]
	// Each cell has its own stream: seeds of different cells have nothing in common.
	fromA, fromB := newDraws(o.Seed, forSeedsOfFirst), newDraws(o.Seed, forSeedsOfSecond)
	shiftA, shiftB := a.shifts(p.A), b.shifts(p.B)
	drawn := make([]float64, o.Resamples)
	for i := range drawn {
		drawn[i] = drawCell(inB, i, shiftB, fromB) - drawCell(inA, i, shiftA, fromA)
	}
	slices.Sort(drawn)
	return drawn
}

// drawCell is a cell's mean in resample i, moved by the seeds that were drawn.
func drawCell(means [][]float64, i int, shifts []float64, d *draws) float64 {
	sum := 0.0
	for _, row := range means {
		sum += row[i]
	}
	if len(shifts) > 0 {
		for range means {
			sum += shifts[d.below(len(shifts))]
		}
	}
	return sum / float64(len(means))
}

// shifts are the runs' distances from the cell's mean, scaled so that the mean of
// as many draws of them has the variance of seeds over the number of runs. There
// are none where no variance is between seeds.
func (s spread) shifts(rows [][]float64) []float64 {
	if s.seeds == 0 {
		return nil
	}
	means, k := rowMeans(rows), float64(len(rows))
	centre := mean(means)
	scale := math.Sqrt(s.seeds / (s.between * (k - 1) / k))
	for i := range means {
		means[i] = scale * (means[i] - centre)
	}
	return means
}
