package price

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// A Charge is what a provider says that a box cost in [Start, End).
type Charge struct {
	Provider string    `json:"provider"`
	Box      string    `json:"box"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Dollars  float64   `json:"dollars"`
}

// Counted is a box as we know it.
type Counted struct {
	Provider string
	Box      string
	Run      string
	Rate     float64 // dollars an hour
	Start    time.Time
	End      time.Time // zero: it is there still
}

// Dollars is what it cost until now.
func (c Counted) Dollars(now time.Time) float64 {
	if !c.End.IsZero() && c.End.Before(now) {
		now = c.End
	}
	return c.Rate * max(0, now.Sub(c.Start).Hours())
}

// A Verdict is what comparing a box's charges with our count says.
type Verdict string

const (
	Agrees      Verdict = "agrees"
	ChargedMore Verdict = "charged more"
	ChargedLess Verdict = "charged less"
	NotYet      Verdict = "not yet charged to its end" // bills come late
	NoCharges   Verdict = "no charges"
	NotOurs     Verdict = "not counted" // a charge for a box that we do not know
)

// A Reconciled is one box in both books.
type Reconciled struct {
	Provider string  `json:"provider"`
	Box      string  `json:"box"`
	Run      string  `json:"run,omitempty"`
	Counted  float64 `json:"counted"`
	Charged  float64 `json:"charged"`
	Verdict  Verdict `json:"verdict"`
}

// Tolerance is how far the books may lie apart: five cents, or 5 %, whichever is
// more. Providers round to minutes and to cents.
func Tolerance(dollars float64) float64 { return max(0.05, 0.05*math.Abs(dollars)) }

// Reconcile puts every box of either book into one line, sorted by provider and box.
// All times are compared at now, the time that the charges were read.
func Reconcile(counted []Counted, charges []Charge, now time.Time) []Reconciled {
	type key struct{ provider, box string }
	sums, ends := map[key]float64{}, map[key]time.Time{}
	for _, c := range charges {
		k := key{c.Provider, c.Box}
		sums[k] += c.Dollars
		if c.End.After(ends[k]) {
			ends[k] = c.End
		}
	}
	var all []Reconciled
	for _, c := range counted {
		k := key{c.Provider, c.Box}
		charged, told := sums[k]
		line := Reconciled{c.Provider, c.Box, c.Run, c.Dollars(now), charged, NoCharges}
		if told {
			line.Verdict = verdict(c, line, ends[k])
		}
		delete(sums, k)
		all = append(all, line)
	}
	for k, charged := range sums {
		all = append(all, Reconciled{Provider: k.provider, Box: k.box, Charged: charged, Verdict: NotOurs})
	}
	slices.SortFunc(all, func(a, b Reconciled) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Box, b.Box))
	})
	return all
}

func verdict(c Counted, line Reconciled, charged time.Time) Verdict {
	apart := line.Charged - line.Counted
	switch {
	case math.Abs(apart) <= Tolerance(line.Counted):
		return Agrees
	case apart > 0:
		return ChargedMore
	case c.End.IsZero() || charged.Before(c.End):
		return NotYet
	}
	return ChargedLess
}

// Spent sums boxes.
type Spent struct {
	Boxes   int     `json:"boxes"`
	Dollars float64 `json:"dollars"`
}

// Add counts one line of the charges.
func (s *Spent) Add(line Reconciled) {
	s.Boxes++
	s.Dollars += line.Charged
}
