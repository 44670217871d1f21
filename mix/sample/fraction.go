package sample

import (
	"math"
	"slices"
)

// Fraction takes the front of a choice: from each pool the items whose middle
// lies within the fraction of what the pool gives, in the pool's order. So the
// mix at 5 % lies inside that at 25 %, source by source, whatever they hold,
// and each source is within half an item of its part.
func Fraction(pools []Pool, choices []Choice, fraction float64) []Choice {
	out := make([]Choice, len(choices))
	for k, c := range choices {
		out[k] = Choice{Asked: partOf(c.Asked, fraction), Target: partOf(c.Target, fraction), Items: pools[k].front(c.Items, fraction)}
	}
	return out
}

// partOf is rounded source by source: by largest remainders a larger fraction may
// ask less of a source than a smaller one, and would not hold it.
func partOf(amount int64, fraction float64) int64 {
	return int64(math.Floor(fraction*float64(amount) + 0.5))
}

// front is the part of a choice that comes first in the pool's order, all that
// is taken once before what is taken again.
func (p *Pool) front(items []int, fraction float64) (front []int) {
	times, most, total := make([]uint16, len(p.Sizes)), uint16(0), int64(0)
	for _, i := range items {
		times[i]++
		most = max(most, times[i])
		total += p.Sizes[i]
	}
	end, done := fraction*float64(total), 0.0
	for pass := uint16(1); pass <= most; pass++ {
		for _, i := range p.Order {
			if times[i] < pass {
				continue
			}
			size := float64(p.Sizes[i])
			if done+size/2 <= end {
				front = append(front, i)
			}
			done += size
		}
	}
	slices.Sort(front)
	return front
}
