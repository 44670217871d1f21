package stats

import (
	"fmt"
	"math"
	"slices"
)

// Correct fills Holm and BH of all tests of a table. The first bounds the chance
// that any true null is rejected (Holm 1979), the second the expected share of
// rejected ones that are true (Benjamini and Hochberg 1995). Tests of one table
// belong into one call; the order does not matter.
func Correct(tests ...*Test) error {
	ps := make([]float64, len(tests))
	for i, t := range tests {
		if !(t.P >= 0 && t.P <= 1) {
			return fmt.Errorf("correcting %d tests: test %d has a probability of %v", len(tests), i+1, t.P)
		}
		ps[i] = t.P
	}
	for i, p := range holm(ps) {
		tests[i].Holm = &p
	}
	for i, p := range benjaminiHochberg(ps) {
		tests[i].BH = &p
	}
	return nil
}

// ascending are the places of the values, the smallest first.
func ascending(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case values[i] < values[j]:
			return -1
		case values[i] > values[j]:
			return 1
		}
		return 0
	})
	return order
}

// holm multiplies the smallest by the number of tests, the next by one less, and
// lets none be below the one before.
func holm(ps []float64) []float64 {
	out, worst := make([]float64, len(ps)), 0.0
	for rank, i := range ascending(ps) {
		worst = math.Max(worst, math.Min(1, ps[i]*float64(len(ps)-rank)))
		out[i] = worst
	}
	return out
}

// benjaminiHochberg multiplies each by the number of tests over its rank, and lets
// none be above the one after.
func benjaminiHochberg(ps []float64) []float64 {
	out, best := make([]float64, len(ps)), 1.0
	order := ascending(ps)
	for rank := len(ps); rank > 0; rank-- {
		i := order[rank-1]
		best = math.Min(best, ps[i]*float64(len(ps))/float64(rank))
		out[i] = best
	}
	return out
}
