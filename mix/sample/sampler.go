package sample

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// A Pool is one source's candidates: the lengths the sampler may choose from.
type Pool struct {
	Name  string
	Share float64 // relative weight, not negative; samplers that need none ignore it
	Sizes []int64 // in the unit of the budget, in reading order
	// Order is the pool's own shuffle of the indices of Sizes. It depends on
	// the seed and the pool's name alone.
	Order []int
}

// had is the size of the whole pool.
func (p *Pool) had() int64 {
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

// Rng is the generator for one named decision. Single-threaded use of such
// generators is what makes a mix independent of the number of workers.
func Rng(seed int64, name string) *rand.Rand {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, seed)
	h.Write([]byte(name))
	sum := h.Sum(nil)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])))
}

// fill takes items in the pool's order, passing over those that do not fit:
// it never exceeds the target and ends within the smallest item left over.
func (p *Pool) fill(target int64) []int {
	var items []int
	for _, i := range p.Order {
		if p.Sizes[i] <= target {
			target -= p.Sizes[i]
			items = append(items, i)
		}
	}
	slices.Sort(items)
	return items
}
