package stats

import (
	"errors"
	"fmt"
	"math"
)

// A Design is a comparison before it is run: two cells, each with so many seeds,
// judged on the same instances. Rates are shares, not points.
type Design struct {
	Instances int
	Seeds     int     // runs of each cell; 0 means 1
	Baseline  float64 // rate of the first cell

	// Discordance is the share of instances on which one run of each cell would
	// differ, which two finished runs of like cells show. It grows where the
	// difference itself is larger. Where it is 0, Correlation stands for it.
	Discordance float64
	// Correlation of the verdicts of one run of each cell, over instances; 0 means
	// that knowing one verdict says nothing of the other, which asks for the most
	// instances.
	Correlation float64

	// Repeat is the share of instances on which two runs of one cell differ, and
	// SeedSD the deviation between seeds beyond that: Noise measures both. Where
	// Repeat is 0 more seeds are taken to average no luck away, the careful side.
	Repeat float64
	SeedSD float64

	Level float64 // of the two-sided test is 1 - Level; 0 means 0.95
	Power float64 // chance to find a difference that is there; 0 means 0.8
}

// filled puts the defaults in and refuses what cannot be.
func (d Design) filled() (Design, error) {
	defaults := func(at *float64, value float64) {
		if *at == 0 {
			*at = value
		}
	}
	defaults(&d.Level, 0.95)
	defaults(&d.Power, 0.8)
	d.Seeds = max(d.Seeds, 1)
	return d, errors.Join(d.checkShares(), checkLevel(d.Level), d.checkPower())
}

// checkShares refuses what is no share, no count, or not a number.
func (d Design) checkShares() error {
	var faults []error
	within := func(name string, x, low, high float64) {
		if !(x >= low && x <= high) {
			faults = append(faults, fmt.Errorf("a design with %s of %v: it must lie between %v and %v", name, x, low, high))
		}
	}
	within("a baseline", d.Baseline, 0, 1)
	within("a discordance", d.Discordance, 0, 1)
	within("a correlation", d.Correlation, -1, 1)
	within("a repeat", d.Repeat, 0, 1)
	within("a deviation between seeds", d.SeedSD, 0, 1)
	if d.Instances < 1 {
		faults = append(faults, fmt.Errorf("a design of %d instances: there must be at least one", d.Instances))
	}
	return errors.Join(faults...)
}

// checkPower refuses a power that the level alone reaches, or that none does.
func (d Design) checkPower() error {
	if !(d.Power > 1-d.Level && d.Power < 1) {
		return fmt.Errorf("a power of %v: it must lie between %v, which chance alone gives, and 1", d.Power, 1-d.Level)
	}
	return nil
}

// discordance is the share of instances on which one run of each cell differs,
// where the second is better by delta.
func (d Design) discordance(delta float64) float64 {
	if d.Discordance > 0 {
		return math.Max(d.Discordance, math.Abs(delta))
	}
	p, q := d.Baseline, d.Baseline+delta
	independent := p*(1-q) + q*(1-p)
	together := 2 * d.Correlation * math.Sqrt(math.Max(0, p*(1-p)*q*(1-q)))
	return math.Min(1, math.Max(math.Abs(delta), independent-together))
}

// errors are the standard errors of the difference where there is none, and where
// it is delta, as Connor (1987) has them for McNemar's test; seeds average the part
// of the discordance that two runs of one cell have as well.
func (d Design) errors(delta float64) (null, alternative float64) {
	all := d.discordance(delta)
	repeat := math.Min(d.Repeat, all)
	k, n := float64(d.Seeds), float64(d.Instances)
	perInstance, seeds := all-repeat+repeat/k, 2*d.SeedSD*d.SeedSD/k
	null = math.Sqrt(perInstance/n + seeds)
	return null, math.Sqrt(math.Max(0, perInstance-delta*delta)/n + seeds)
}

// power is the chance that a two-sided test finds the difference.
func (d Design) power(delta float64) float64 {
	null, alternative := d.errors(delta)
	if alternative == 0 {
		return 1 // every instance is won: nothing is left to chance
	}
	reach := twoSided(d.Level) * null
	return below((delta-reach)/alternative) + below((-delta-reach)/alternative)
}
