package sample

import "math"

// Terms are what a recipe says of the whole mix.
type Terms struct {
	Budget  int64   // in units; 0 = as much as the amounts allow
	Percent float64 // of all that the pools have, in place of Budget; 0 = Budget counts
	Short   Short   // what happens where a pool has less than is asked; empty is Tell
	Repeat  int     // how often one item may stand in the mix; 0 is DefaultRepeat
	// Temperature is that of the sampler of the name, above 0.
	Temperature float64
	// Scale multiplies each pool's part against the others', the total fixed; nil
	// leaves all as they are.
	Scale []float64
}

// DefaultRepeat is how often data can be repeated with next to no loss against
// new data: Muennighoff et al., Scaling Data-Constrained Language Models, arXiv
// 2305.16264, section 6.
const DefaultRepeat = 4

// repeat is how often one item may stand in the mix.
func (t Terms) repeat() int {
	if t.Repeat == 0 {
		return DefaultRepeat
	}
	return t.Repeat
}

// budget is the whole in units, 0 where none is given.
func (t Terms) budget(pools []Pool) int64 {
	if t.Percent == 0 {
		return t.Budget
	}
	return int64(math.Round(t.Percent / 100 * float64(hadOf(pools))))
}

// hadOf is what there is of the pools of which something may be taken.
func hadOf(pools []Pool) (total int64) {
	for k := range pools {
		if a := pools[k].Amount; !a.fixed() || a.N > 0 {
			total += pools[k].Had()
		}
	}
	return total
}
