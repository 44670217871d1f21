package sample

import (
	"cmp"
	"slices"
)

// repositories orders rows so that any front of them is of as many repositories
// as can be, or of as few: one of each repository and round again, or whole ones,
// the largest first. A count ends it there. A row that names no repository
// counts for one by itself. For few with other sources the repositories go by
// [View.shared], so that fronts of all these sources are of the same ones.
func repositories(v *View, rows []int, a Args) []int {
	groups := v.groups(rows, PerRepository)
	var out []int
	switch {
	case a.Want == "max":
		out = roundRobin(groups)
	case len(a.With) > 0:
		rank := v.shared(a.With)
		place := func(group []int) int { return rank[v.Items[group[0]].Repo] }
		slices.SortStableFunc(groups, func(a, b []int) int { return cmp.Compare(place(a), place(b)) })
		out = slices.Concat(groups...)
	default:
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
