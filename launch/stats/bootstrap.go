package stats

import (
	"errors"
	"math"
	"slices"
)

// Difference is the mean of second minus first over the shared instances, with a
// bias-corrected and accelerated bootstrap interval (Efron 1987): instances are
// drawn with replacement, and both runs keep the scores of the same draw. Where
// all instances differ by the same amount there is nothing to resample: verdicts
// then get Bonett and Price's interval, and for other scores the interval is the
// value alone, which the method says.
func Difference(p Paired, o Options) (Estimate, error) {
	o, err := o.filled()
	if err != nil {
		return Estimate{}, err
	}
	if len(p.A) == 0 {
		return Estimate{}, errors.New("the difference of two runs over no instance")
	}
	means := resampled([][]float64{p.A, p.B}, o)
	return difference(p, means[0], means[1], o), nil
}

// difference is Difference after the draws: a and b hold the mean of each run in
// each resample.
func difference(p Paired, a, b []float64, o Options) Estimate {
	if delta, same := p.alike(); same {
		e := constantDifference(p, delta, o.Level)
		e.Words = p.words(e)
		return e
	}
	deltas := p.deltas()
	drawn := make([]float64, len(a))
	for i := range drawn {
		drawn[i] = b[i] - a[i]
	}
	slices.Sort(drawn)
	e := Estimate{Value: mean(p.B) - mean(p.A), Level: o.Level, N: len(deltas), Method: "instance bootstrap, BCa"}
	low, high, ok := bca(drawn, e.Value, acceleration(deltas), o.Level)
	if !ok {
		e.Method = "instance bootstrap, percentile"
		tail := (1 - o.Level) / 2
		low, high = tail, 1-tail
	}
	e.Low, e.High = percentile(drawn, low), percentile(drawn, high)
	e.Words = p.words(e)
	return e
}

// constantDifference is the estimate where each instance differs by delta.
func constantDifference(p Paired, delta, level float64) Estimate {
	if p.verdicts() {
		t := countVerdicts(p)
		return bonettPrice(float64(t.Won), float64(t.Lost), len(p.A), level)
	}
	return Estimate{Value: delta, Low: delta, High: delta, Level: level, N: len(p.A),
		Method: "none: all instances differ by the same amount"}
}

// bca gives the shares of the sorted bootstrap distribution at which the interval
// begins and ends. It is not ok where the distribution lies on one side of the
// value, or the acceleration turns the order of the quantiles round.
func bca(drawn []float64, value, acceleration, level float64) (low, high float64, ok bool) {
	bias := quantileNormal(rank(drawn, value))
	if math.IsInf(bias, 0) {
		return 0, 0, false
	}
	z := twoSided(level)
	at := func(z float64) float64 {
		moved := bias + z
		left := 1 - acceleration*moved
		ok = ok && left > 0
		return below(bias + moved/left)
	}
	ok = true
	low, high = at(-z), at(z)
	return low, high, ok
}

// rank is the share of the sorted values below x, with half of those equal to it.
// Sums of draws may miss the value they equal by a rounding, so equal means within
// 1e-12 of it.
func rank(sorted []float64, x float64) float64 {
	slack := 1e-12 * math.Max(1, math.Abs(x))
	less, _ := slices.BinarySearch(sorted, x-slack)
	upTo, _ := slices.BinarySearch(sorted, x+slack)
	return float64(less+upTo) / float64(2*len(sorted))
}

// acceleration is the skewness of the jackknife, by six: for a mean the values
// left out give the deltas themselves, centred and turned.
func acceleration(deltas []float64) float64 {
	middle, squares, cubes := mean(deltas), 0.0, 0.0
	for _, d := range deltas {
		u := d - middle
		squares += u * u
		cubes += u * u * u
	}
	return cubes / (6 * math.Pow(squares, 1.5))
}

// percentile interpolates linearly between the sorted values, as numpy does.
func percentile(sorted []float64, share float64) float64 {
	at := share * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-1)
	if i == len(sorted)-1 {
		return sorted[i]
	}
	return sorted[i] + (sorted[i+1]-sorted[i])*(at-float64(i))
}

// mean is the average; the values are added in their order.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// constant says whether all values are the same.
func constant(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return v != values[0] })
}
