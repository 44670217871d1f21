package sample

import "slices"

// ranked puts the least of a feature first, or the most. What is not known of it
// comes last. With take: 500 it is the 500 shortest.
func ranked(v *View, rows []int, a Args) []int {
	known := v.ranked(rows, a.Of)
	if a.Order == Most {
		known = reversed(v, known, a.Of)
	}
	return append(known, without(rows, known)...)
}

// reversed turns ranks around, and leaves those of one value in the order of
// their keys.
func reversed(v *View, ranks []int, feature string) []int {
	out := slices.Clone(ranks)
	slices.Reverse(out)
	for first := 0; first < len(out); {
		n := first + 1
		for n < len(out) && v.value(feature, out[n]) == v.value(feature, out[first]) {
			n++
		}
		slices.Reverse(out[first:n])
		first = n
	}
	return out
}

// without lists the rows that are not among others, in their order.
func without(rows, others []int) []int {
	there := make(map[int]bool, len(others))
	for _, i := range others {
		there[i] = true
	}
	return slices.DeleteFunc(slices.Clone(rows), func(i int) bool { return there[i] })
}
