package sample

import "math"

// chooseShares gives every source its share of the budget. Use it when the
// ratio between tasks is the experiment. Without a budget it takes the
// largest one at which every source can still pay its share, so that the
// ratios hold; with one, a source that has too little gives all it has and
// the report shows what was asked. Costs one pass over the items.
func chooseShares(pools []Pool, budget int64) []Choice {
	if budget == 0 {
		budget = affordable(pools)
	}
	choices := make([]Choice, len(pools))
	for k, target := range split(shares(pools), budget) {
		choices[k] = Choice{Asked: target, Items: pools[k].fill(target)}
	}
	return choices
}

func shares(pools []Pool) []float64 {
	w := make([]float64, len(pools))
	for k, p := range pools {
		w[k] = p.Share
	}
	return w
}

// affordable is the largest budget that leaves no source short.
func affordable(pools []Pool) int64 {
	total, least := 0.0, math.Inf(1)
	for _, p := range pools {
		total += p.Share
	}
	for _, p := range pools {
		if p.Share > 0 {
			least = min(least, float64(p.Had())/p.Share*total)
		}
	}
	if math.IsInf(least, 1) {
		return 0
	}
	return int64(least)
}

// split divides the budget by weight into whole numbers that sum to it, by
// the largest remainders; ties go to the earlier pool.
func split(weights []float64, budget int64) []int64 {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	parts := make([]int64, len(weights))
	if total == 0 {
		return parts
	}
	rest := make([]float64, len(weights))
	left := budget
	for k, w := range weights {
		exact := float64(budget) * w / total
		parts[k] = int64(exact)
		rest[k] = exact - float64(parts[k])
		left -= parts[k]
	}
	for ; left > 0; left-- {
		k := largest(rest)
		parts[k]++
		rest[k] = -1
	}
	return parts
}

func largest(xs []float64) int {
	best := 0
	for i, x := range xs {
		if x > xs[best] {
			best = i
		}
	}
	return best
}
