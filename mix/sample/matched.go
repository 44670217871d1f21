package sample

import "math"

// matched keeps as many rows as the first of the other sources gives, each the
// nearest that is left to one of its: in the same repository as far as this
// source has such rows, and as near as can be in features. It is the control
// of an arm: what differs between the two is what they are not matched on. How
// near it came is for [Balance] to tell.
func matched(v *View, rows []int, a Args) []int {
	in := map[int]bool{}
	for _, i := range newMatching(v.With[a.With[0]], v, v.Arm, rows, a.On).pairs(math.Inf(1), true) {
		if i >= 0 {
			in[i] = true
		}
	}
	return keep(rows, in)
}
