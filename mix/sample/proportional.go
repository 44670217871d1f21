package sample

import (
	"cmp"
	"slices"
)

// chooseProportional takes the same fraction of every source. Use it for
// scaling curves. All items stand in one sequence, each at the fraction of
// its own source that it completes, and a budget takes the front of it: a
// smaller mix lies inside a larger one by construction, and no source is off
// its proportion by more than one item. Costs one sort of the items.
func chooseProportional(pools []Pool, t Terms) []Choice {
	budget := t.budget(pools)
	had := make([]float64, len(pools))
	total := int64(0)
	for k := range pools {
		had[k] = float64(pools[k].Had())
		total += pools[k].Had()
	}
	if budget == 0 || budget > total {
		budget = total
	}
	choices := make([]Choice, len(pools))
	for k, asked := range split(had, budget) {
		choices[k].Asked, choices[k].Target = asked, asked
	}
	for _, p := range interleave(pools) {
		if p.size > budget {
			break
		}
		budget -= p.size
		choices[p.pool].Items = append(choices[p.pool].Items, p.item)
	}
	for k := range choices {
		slices.Sort(choices[k].Items)
	}
	return choices
}

// A place is an item in the common sequence.
type place struct {
	at         float64 // fraction of its pool complete with it, (0, 1]
	pool, item int
	size       int64
}

func interleave(pools []Pool) []place {
	var seq []place
	for k := range pools {
		had, done := float64(pools[k].Had()), int64(0)
		for _, i := range pools[k].Order {
			done += pools[k].Sizes[i]
			seq = append(seq, place{float64(done) / had, k, i, pools[k].Sizes[i]})
		}
	}
	slices.SortStableFunc(seq, func(a, b place) int { return cmp.Compare(a.at, b.at) })
	return seq
}
