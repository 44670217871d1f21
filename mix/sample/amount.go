package sample

import "math"

// An Amount is what a recipe asks of one source.
type Amount struct {
	By By      // empty: what the sampler says
	N  float64 // a weight, a number of units, or passes; rest has none
}

// A By is what an amount is counted in.
type By string

const (
	ByShare  By = "share"  // a part of the budget, beside the other shares
	ByTake   By = "take"   // so many units
	ByEpochs By = "epochs" // so many times all that the source has
	ByRest   By = "rest"   // what the others leave of the budget
)

// fixed says that the amount needs no budget: it is known from the pool alone.
func (a Amount) fixed() bool { return a.By == ByTake || a.By == ByEpochs }

// Of is a fixed amount in units, of a pool that has so many.
func (a Amount) Of(had int64) int64 {
	if a.By == ByEpochs {
		return int64(math.Round(a.N * float64(had)))
	}
	return int64(a.N)
}

// whole is the amount of samplers that take everything.
func whole(*Pool, Terms) Amount { return Amount{ByEpochs, 1} }

// shareOf is the source's own share.
func shareOf(p *Pool, _ Terms) Amount { return Amount{ByShare, p.Share} }

// one gives every source the same.
func one(*Pool, Terms) Amount { return Amount{ByShare, 1} }

// tempered gives a source more the more it has, but less than in proportion: the
// size to the power of 1/T, as multilingual models are mixed (T5, arXiv
// 1910.10683, section 3.5.2). 1 is proportional, and a large T equal.
func tempered(p *Pool, t Terms) Amount {
	return Amount{ByShare, math.Pow(float64(p.limit(1)), 1/t.Temperature)}
}
