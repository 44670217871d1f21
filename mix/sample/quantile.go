package sample

import "math"

// quantile keeps the rows whose rank by a feature lies in [from, to) of all: the
// quarters of a source are disjoint and give the whole, whatever values repeat.
// What is not known of the feature is in no quantile. Where per is said, ranks
// are counted in each group.
func quantile(v *View, rows []int, a Args) []int {
	groups := [][]int{rows}
	if a.Per != "" {
		groups = v.groups(rows, a.Per)
	}
	in := make(map[int]bool, len(rows))
	for _, group := range groups {
		ranks := v.ranked(group, a.Of)
		for _, i := range ranks[rankAt(a.From, len(ranks)):rankAt(a.To, len(ranks))] {
			in[i] = true
		}
	}
	return keep(rows, in)
}

// rankAt is the first rank at or above a fraction of n.
func rankAt(fraction float64, n int) int { return int(math.Ceil(fraction*float64(n) - 1e-9)) }

// keep lists the rows that are in a set, in their order.
func keep(rows []int, in map[int]bool) []int {
	out := make([]int, 0, len(in))
	for _, i := range rows {
		if in[i] {
			out = append(out, i)
		}
	}
	return out
}
