package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Wilson is the share of n instances that were solved, with Wilson's score
// interval (1927): close to its level on average, short, and never outside [0, 1].
func Wilson(solved, n int, level float64) (Estimate, error) {
	e, err := share(solved, n, level, "Wilson score")
	if err != nil {
		return e, err
	}
	e.Low, e.High = wilson(e.Value, n, level)
	e.Words = shareWords(e, solved)
	return e, nil
}

// wilson is the interval of a rate.
func wilson(rate float64, n int, level float64) (low, high float64) {
	z, count := twoSided(level), float64(n)
	shrunk := 1 + z*z/count
	middle := (rate + z*z/(2*count)) / shrunk
	half := z / shrunk * math.Sqrt(rate*(1-rate)/count+z*z/(4*count*count))
	low, high = math.Max(0, middle-half), math.Min(1, middle+half)
	// The bounds at the edges are exactly 0 and 1; rounding leaves a last bit.
	if rate == 0 {
		low = 0
	}
	if rate == 1 {
		high = 1
	}
	return low, high
}

// ClopperPearson is the same share with the exact interval (1934): never below
// its level, and wider than Wilson's for it.
func ClopperPearson(solved, n int, level float64) (Estimate, error) {
	e, err := share(solved, n, level, "Clopper-Pearson exact")
	if err != nil {
		return e, err
	}
	tail, x, count := (1-level)/2, float64(solved), float64(n)
	e.Low, e.High = 0, 1
	if solved > 0 {
		e.Low = quantileBeta(tail, x, count-x+1)
	}
	if solved < n {
		e.High = 1 - quantileBeta(tail, count-x, x+1)
	}
	e.Words = shareWords(e, solved)
	return e, nil
}

// share is the value that both intervals are of.
func share(solved, n int, level float64, method string) (Estimate, error) {
	if n <= 0 {
		return Estimate{}, fmt.Errorf("a rate of %d instances: there must be at least one", n)
	}
	if solved < 0 || solved > n {
		return Estimate{}, fmt.Errorf("a rate of %d solved in %d instances: the first may not be below 0 or above the second", solved, n)
	}
	return Estimate{Value: float64(solved) / float64(n), Level: level, N: n, Method: method}, checkLevel(level)
}

// shareWords states a rate in per cent.
func shareWords(e Estimate, solved int) string {
	return fmt.Sprintf("%d of %s solved, %s %% (%s)", solved, instances(e.N), points(e.Value), e.interval(points))
}

// quantileBeta halves the interval: gonum's own quantile stops at about 1e-8 where both
// parameters are in the hundreds, and far from any root in a thin tail.
func quantileBeta(p, a, b float64) float64 {
	beta := distuv.Beta{Alpha: a, Beta: b}
	return bisect(0, 1, func(x float64) bool { return beta.CDF(x) < p })
}
