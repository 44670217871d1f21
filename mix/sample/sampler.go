package sample

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// A Pool is one source's candidates: the lengths the sampler may choose from.
type Pool struct {
	Name  string
	Share float64 // relative weight, not negative; samplers that need none ignore it
	Sizes []int64 // in the unit of the budget, in reading order
	// Order is the pool's own shuffle of the indices of Sizes: by their [Key],
	// so that it depends on the seed and on what the items are, not on where
	// they stand or what else there is.
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

// A Choice is what a sampler took from one pool.
type Choice struct {
	Asked int64 // what the strategy wanted, in the unit of the budget
	Items []int // indices into Pool.Sizes, ascending
}

// A Sampler is a pure function on lengths. It gets the budget (0 = as much as
// the strategy allows) and answers with one choice per pool, in their order.
type Sampler struct {
	Summary string
	// NeedsShares says that shares summing to 0 are a mistake.
	NeedsShares bool
	// TakesAll says that a budget means nothing.
	TakesAll bool
	Choose   func(pools []Pool, budget int64) []Choice
}

// Samplers are the strategies by name.
var Samplers = map[string]Sampler{
	"all":          {Summary: "every trajectory of every source", TakesAll: true, Choose: chooseAll},
	"shares":       {Summary: "each source its share of the budget, exact to one trajectory", NeedsShares: true, Choose: chooseShares},
	"proportional": {Summary: "a smaller copy of the whole; smaller budgets lie inside larger ones", Choose: chooseProportional},
}

// Key is where an item stands in the order of one decision: the same whatever
// else there is, so that a record more moves no other one. ids are what the
// item is known by.
func Key(seed int64, decision string, ids ...uint64) uint64 {
	text := binary.LittleEndian.AppendUint64(make([]byte, 0, 64), uint64(seed))
	for _, id := range ids {
		text = binary.LittleEndian.AppendUint64(text, id)
	}
	sum := sha256.Sum256(append(text, decision...))
	return binary.LittleEndian.Uint64(sum[:])
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
	slices.Sort(items)
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
