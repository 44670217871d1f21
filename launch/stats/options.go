package stats

import "fmt"

// Options are what a comparison may be told. The zero value means a level of
// 0.95, 10,000 resamples and seed 0.
type Options struct {
	Level     float64 // of intervals, between 0 and 1
	Resamples int     // of a bootstrap or a permutation test; Monte Carlo error falls with its root
	Seed      uint64  // of the draws; another seed shows what the draws alone change
}

// filled puts the defaults in and refuses what cannot be.
func (o Options) filled() (Options, error) {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Resamples == 0 {
		o.Resamples = 10_000
	}
	if o.Resamples < 100 {
		return o, fmt.Errorf("a bootstrap of %d resamples: an interval needs at least 100", o.Resamples)
	}
	return o, checkLevel(o.Level)
}
