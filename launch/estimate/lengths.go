package estimate

import "math"

// Quantiles are lengths of rows in tokens, ascending and equally spaced: of the
// shortest row, of rows in between, of the longest.
type Quantiles []int64

// longestOf is the expected length of the longest of k rows drawn at random. Between
// two quantiles lengths are taken to lie on a line.
func (q Quantiles) longestOf(k int) float64 {
	if len(q) == 1 {
		return float64(q[0])
	}
	n, sum := float64(k), 0.0
	for i := 1; i < len(q); i++ {
		a, b := float64(i-1)/float64(len(q)-1), float64(i)/float64(len(q)-1)
		slope := float64(q[i]-q[i-1]) / (b - a)
		at0 := float64(q[i-1]) - slope*a
		// The largest of n uniform numbers has the density n·u^(n-1).
		sum += at0*(math.Pow(b, n)-math.Pow(a, n)) + slope*n/(n+1)*(math.Pow(b, n+1)-math.Pow(a, n+1))
	}
	return sum
}

// padding is how much longer rows become that are computed side by side, each as
// long as the longest beside it.
func (t *Training) padding() float64 {
	if len(t.Lengths) == 0 || t.PerDevice < 2 {
		return 1
	}
	return t.Lengths.longestOf(t.PerDevice) / t.Lengths.longestOf(1)
}

// balance is the share of the time in which a GPU works and does not wait for the
// one with the longest row: they meet in every layer under ZeRO-3, and once a step
// otherwise, which is taken for the same. Without lengths it is what runs on rows
// of mixed lengths showed.
func (t *Training) balance(gpus int) Range {
	switch {
	case gpus == 1:
		return exactly(1)
	case len(t.Lengths) == 0:
		return Range{.5, .6, .7}
	}
	beside := max(1, t.PerDevice)
	return exactly(t.Lengths.longestOf(beside) / t.Lengths.longestOf(beside*gpus))
}

// filled is the share of the places that a step's rows fill: 8 rows on 16 GPUs
// leave half of them idle. A batch of more rows than there are has those alone.
func (t *Training) filled(gpus int) float64 {
	places, batch := gpus*max(1, t.PerDevice), int(min(int64(t.Batch), t.Rows))
	rounds := (batch + places - 1) / places
	return float64(batch) / float64(rounds*places)
}
