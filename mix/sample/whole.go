package sample

import (
	"cmp"
	"slices"
)

// wholeRepositories takes repositories in the order of their own hash, so that a
// large one is no likelier than a small one, until they hold the count: the one
// that passes it stays where that is nearer.
func wholeRepositories(v *View, rows []int, a Args) []int {
	groups := v.groups(rows, PerRepository)
	lot := func(group []int) uint64 { return cmp.Or(v.Items[group[0]].Repo, v.Items[group[0]].Key) }
	slices.SortStableFunc(groups, func(x, y []int) int { return cmp.Compare(lot(x), lot(y)) })
	in, n := map[int]bool{}, 0
	for _, g := range groups {
		if n+len(g)-a.Count > a.Count-n { // farther with it than without
			break
		}
		for _, i := range g {
			in[i] = true
		}
		if n += len(g); n >= a.Count {
			break
		}
	}
	return keep(rows, in)
}
