package sample

import "slices"

// uniform puts rows back into the order of their keys. Use it behind another
// selection, to choose among what that leaves without its preference.
func uniform(_ *View, rows []int, _ Args) []int { return slices.Sorted(slices.Values(rows)) }
