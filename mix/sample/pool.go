package sample

import "slices"

// A Pool is one source's candidates: the lengths the sampler may choose from.
type Pool struct {
	Name   string
	Share  float64 // relative weight, not negative; samplers that need none ignore it
	Amount Amount  // what is asked of it by itself; the zero value leaves it to the sampler
	Most   int64   // all that it may give, in the unit of the budget; 0 is no limit
	Sizes  []int64 // in the unit of the budget, in reading order
	// Order is the pool's own order of the indices of Sizes, from the front of
	// which items are taken: a shuffle by their [Key], so that it depends on the
	// seed and on what the items are, not on where they stand or what else there
	// is, or the order in which a selection prefers them.
	Order []int
}

// Had is the size of the whole pool.
func (p *Pool) Had() int64 {
	var n int64
	for _, s := range p.Sizes {
		n += s
	}
	return n
}

// limit is all that the pool may give, each item so many times.
func (p *Pool) limit(times int) int64 {
	most := p.Had() * int64(times)
	if p.Most > 0 {
		most = min(most, p.Most)
	}
	return most
}

// A Choice is what a sampler took from one pool.
type Choice struct {
	Asked  int64 // what the recipe wanted, in the unit of the budget
	Target int64 // what came of that where some pool is short
	// Items are indices into Pool.Sizes, ascending. An item that is repeated
	// stands there as often as it is taken.
	Items []int
}

// Take takes items in the pool's order up to the target: the whole pool as
// often as it goes in, but no more than most times, and then what fits of it.
// So one item never stands twice more often than another.
func (p *Pool) Take(target int64, most int) []int {
	had := p.Had()
	if had == 0 {
		return nil
	}
	var items []int
	for range most {
		if target < had {
			items = append(items, p.fill(target)...)
			break
		}
		items = append(items, p.Order...)
		target -= had
	}
	slices.Sort(items)
	return items
}

// fill takes items in the pool's order and never exceeds the target. One that
// does not fit is passed over while more than a hundredth is missing. Later it
// ends the walk: which small items fit into the rest would depend on every item
// before them, and one record more would change them all.
func (p *Pool) fill(target int64) []int {
	var items []int
	left := target
	for _, i := range p.Order {
		if p.Sizes[i] <= left {
			left -= p.Sizes[i]
			items = append(items, i)
		} else if left <= target/100 {
			break
		}
	}
	return items
}

// Nearest takes items in the pool's order as long as each brings their sum
// nearer to the target, which it may exceed by half an item.
func (p *Pool) Nearest(target int64) []int {
	var items []int
	for _, i := range p.Order {
		if p.Sizes[i] < 2*target {
			target -= p.Sizes[i]
			items = append(items, i)
		}
	}
	slices.Sort(items)
	return items
}
