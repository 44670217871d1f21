package mix

import (
	"cmp"
	"slices"
)

// A keyed item is one beside the number that it is sorted by.
type keyed struct {
	key  uint64
	item int32
}

// sortBy sorts items by a number, and those of one number by tie. The numbers
// stand beside the items while they are sorted, which takes half the time of
// looking each up at every comparison.
func (p *planner) sortBy(list []int32, key func(item int32) uint64, tie func(a, b int32) int) {
	pairs := slices.Grow(p.scratch[:0], len(list))[:len(list)]
	p.scratch = pairs
	for n, i := range list {
		pairs[n] = keyed{key(i), i}
	}
	slices.SortFunc(pairs, func(a, b keyed) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return tie(a.item, b.item)
	})
	for n := range pairs {
		list[n] = pairs[n].item
	}
}
