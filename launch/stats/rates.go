package stats

import (
	"fmt"
	"math"
)

// RateDifference is second minus first of two rates of which only the counts are
// known, such as published ones, with Newcombe's hybrid score interval (1998,
// method 10). It takes the runs as independent. Runs of one benchmark agree on most
// instances, so the interval of a Pair of them is shorter: use that where the
// verdicts are known. N counts the instances of both.
func RateDifference(firstSolved, firstN, secondSolved, secondN int, level float64) (Estimate, error) {
	a, err := Wilson(firstSolved, firstN, level)
	if err != nil {
		return Estimate{}, fmt.Errorf("the first rate: %w", err)
	}
	b, err := Wilson(secondSolved, secondN, level)
	if err != nil {
		return Estimate{}, fmt.Errorf("the second rate: %w", err)
	}
	e := Estimate{Value: b.Value - a.Value, Level: level, N: firstN + secondN, Method: "Newcombe hybrid score, unpaired"}
	e.Low = e.Value - math.Hypot(b.Value-b.Low, a.High-a.Value)
	e.High = e.Value + math.Hypot(b.High-b.Value, a.Value-a.Low)
	e.Words = fmt.Sprintf("%s %% minus %s %%: %s points (%s, unpaired)", points(b.Value), points(a.Value), points(e.Value), e.interval(points))
	return e, nil
}

// RateTest is RateDifference with its probability: the smallest 1 - level at which the
// interval leaves out zero.
func RateTest(firstSolved, firstN, secondSolved, secondN int, level float64) (Test, error) {
	e, err := RateDifference(firstSolved, firstN, secondSolved, secondN, level)
	if err != nil {
		return Test{}, err
	}
	t := Test{Estimate: e, P: 1}
	if e.Value != 0 {
		t.P = bisect(1e-15, 1-1e-15, func(p float64) bool {
			at, err := RateDifference(firstSolved, firstN, secondSolved, secondN, 1-p)
			return err == nil && !at.Separable()
		})
	}
	t.Method = "the interval, inverted; interval " + e.Method
	return t, nil
}
