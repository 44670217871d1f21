package sample

import (
	"fmt"
	"math"
)

// A Division is what the amounts come to, in units, pool by pool.
type Division struct {
	Asked  []int64
	Limit  []int64 // all that the pool may give
	Target []int64 // what is to be taken, where some pool has less than is asked
}

// Lacks are the pools that have less than is asked, whatever became of that.
func (d Division) Lacks() []Lack { return lacking(d.Asked, d.Limit) }

// Divide gives every pool its amount. Use it when the ratio between tasks is
// the experiment. Without a budget, shares divide the largest one at which
// every source can still pay its share, so that the ratios hold. Costs one
// pass over the items. A sampler that does not go by amounts divides nothing.
func (s Sampler) Divide(pools []Pool, t Terms) (d Division, err error) {
	if s.amount == nil {
		return d, nil
	}
	amounts, t := s.amounts(pools, t)
	if d.Asked, err = ask(pools, amounts, t); err != nil {
		return d, err
	}
	d.Asked, d.Limit = rescale(d.Asked, t.Scale), limits(pools, amounts, t)
	d.Target, err = settle(d.Asked, d.Limit, amounts, t.Short)
	return d, err
}

// ask is what the amounts come to, in units. With a source that gets the rest,
// shares are fractions of the budget; else they are weights, and divide what
// the fixed amounts leave of it.
func ask(pools []Pool, amounts []Amount, t Terms) ([]int64, error) {
	asked, weights, fixed, rest := make([]int64, len(pools)), make([]float64, len(pools)), int64(0), -1
	for k, a := range amounts {
		switch {
		case a.fixed():
			asked[k] = a.Of(pools[k].Had())
			fixed += asked[k]
		case a.By == ByRest:
			rest = k
		default:
			weights[k] = a.N
		}
	}
	budget := t.budget(pools)
	if fixed > budget && budget > 0 {
		return nil, &OverError{Fixed: fixed, Budget: budget}
	}
	switch {
	case rest >= 0:
		if weights[rest] = 1 - sumOf(weights); weights[rest] < -1e-9 {
			return nil, fmt.Errorf("shares sum to %v, and beside a source that gets the rest they are fractions of the budget", sumOf(weights)-weights[rest])
		}
		weights[rest] = max(0, weights[rest])
		parts := split(weights, budget)
		if parts[rest] -= fixed; parts[rest] < 0 {
			return nil, fmt.Errorf("nothing is left for %s: the others ask for %d of the budget of %d", pools[rest].Name, budget-parts[rest], budget)
		}
		return add(asked, parts), nil
	case budget > 0:
		return add(asked, split(weights, budget-fixed)), nil
	}
	return add(asked, split(weights, affordable(pools, weights))), nil
}

// An OverError says that what is asked by number is more than the budget.
type OverError struct{ Fixed, Budget int64 }

func (e *OverError) Error() string {
	return fmt.Sprintf("take and epochs ask for %d, and the budget is %d", e.Fixed, e.Budget)
}

func add(a, b []int64) []int64 {
	for k := range a {
		a[k] += b[k]
	}
	return a
}

// affordable is the largest budget that leaves no share short.
func affordable(pools []Pool, weights []float64) int64 {
	total, least := sumOf(weights), math.Inf(1)
	for k := range pools {
		if weights[k] > 0 {
			least = min(least, float64(pools[k].limit(1))/weights[k]*total)
		}
	}
	if math.IsInf(least, 1) {
		return 0
	}
	return int64(least)
}

// rescale multiplies the parts against one another and divides the same total
// again. 0 leaves a pool out, and the others have what was its part.
func rescale(asked []int64, scale []float64) []int64 {
	if scale == nil {
		return asked
	}
	weights := floats(asked)
	for k := range weights {
		weights[k] *= scale[k]
	}
	return split(weights, sumOf(asked))
}
