package sample

import "cmp"

// best keeps of each instance, or other group, the rows with the least of a
// feature, or the most: the fewest steps, the highest reward. Where one is not
// known, the others come before it. What stays is in the order that was.
func best(v *View, rows []int, a Args) []int {
	in := map[int]bool{}
	for _, group := range v.groups(rows, cmp.Or(a.Per, PerInstance)) {
		order := ranked(v, group, a)
		for _, i := range order[:min(len(order), cmp.Or(a.Count, 1))] {
			in[i] = true
		}
	}
	return keep(rows, in)
}
