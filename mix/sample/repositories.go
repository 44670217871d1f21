package sample

import (
	"cmp"
	"slices"
)

// repositories orders rows so that any front of them is of as many repositories
// as can be, or of as few: one of each repository and round again, or whole ones,
// the largest first. A count ends it there. A row that names no repository
// counts for one by itself.
func repositories(v *View, rows []int, a Args) []int {
	groups := v.groups(rows, PerRepository)
	var out []int
	if a.Want == "max" {
		out = roundRobin(groups)
	} else {
		slices.SortStableFunc(groups, func(a, b []int) int { return cmp.Compare(len(b), len(a)) })
		out = slices.Concat(groups...)
	}
	if a.Count > 0 {
		out = out[:min(a.Count, len(out))]
	}
	return out
}

// roundRobin takes the first of every group, then the second, and so on.
func roundRobin(groups [][]int) (out []int) {
	for round := 0; len(groups) > 0; round++ {
		left := groups[:0]
		for _, g := range groups {
			out = append(out, g[round])
			if round+1 < len(g) {
				left = append(left, g)
			}
		}
		groups = left
	}
	return out
}
