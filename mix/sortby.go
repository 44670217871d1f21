package mix

import (
	"cmp"
	"math/bits"
	"slices"
)

// A keyed item is one beside the number that it is sorted by.
type keyed struct {
	key  uint64
	item int32
}

// sortBits is how many leading bits of the numbers divide items into heaps
// before they are sorted: heaps of a million stay in the fastest cache.
const sortBits = 11

// sortBy sorts items by a number, and those of one number by tie. The numbers,
// hashes mostly, stand beside the items and are dealt into heaps by their
// leading bits first, which takes a quarter of the time of sorting by lookups.
func (p *planner) sortBy(list []int32, key func(item int32) uint64, tie func(a, b int32) int) {
	for k := range p.scratch {
		p.scratch[k] = slices.Grow(p.scratch[k][:0], len(list))[:len(list)]
	}
	pairs, heaps := p.scratch[0], p.scratch[1]
	most := uint64(0)
	for n, i := range list {
		pairs[n] = keyed{key(i), i}
		most = max(most, pairs[n].key)
	}
	shift := max(0, bits.Len64(most)-sortBits)
	var ends [1<<sortBits + 1]int
	for _, x := range pairs {
		ends[x.key>>shift+1]++
	}
	for h := range 1 << sortBits {
		ends[h+1] += ends[h]
	}
	at := ends
	for _, x := range pairs {
		h := x.key >> shift
		heaps[at[h]] = x
		at[h]++
	}
	for h := range 1 << sortBits {
		slices.SortFunc(heaps[ends[h]:ends[h+1]], func(a, b keyed) int {
			if a.key != b.key {
				return cmp.Compare(a.key, b.key)
			}
			return tie(a.item, b.item)
		})
	}
	for n := range heaps {
		list[n] = heaps[n].item
	}
}
