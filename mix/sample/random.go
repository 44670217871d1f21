package sample

import "cmp"

// random keeps so many of each group, those that come first: of an instance,
// where nothing else is said, and one of each.
func random(v *View, rows []int, a Args) []int {
	return v.Limit(rows, cmp.Or(a.Per, PerInstance), cmp.Or(a.Count, 1))
}
