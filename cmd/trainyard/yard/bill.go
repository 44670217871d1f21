package yard

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"trainyard/launch"
	"trainyard/launch/price"
	"trainyard/launch/provider"
)

// A Bill is what providers charged beside what was counted here.
type Bill struct {
	Since  time.Time          `json:"since"`
	Boxes  []price.Reconciled `json:"boxes"` // of this state directory's rentals, by provider and box
	Others price.Spent        `json:"others"`
	// Silent are providers whose API tells no charges.
	Silent []string        `json:"silent"`
	Unset  []Unset         `json:"not_configured"`
	Failed []ProviderFault `json:"failed"`
}

// Bill asks every provider whose key is set, or the one of this name, for its charges since
// then, and writes what an attempt was charged to the ledger, where the bill of its box is
// complete.
func (y *Yard) Bill(ctx context.Context, since time.Time, only string) (*Bill, error) {
	open, unset, err := y.Providers(only)
	if len(open) == 0 {
		return nil, err
	}
	bill := &Bill{Since: since, Silent: []string{}, Unset: append([]Unset{}, unset...)}
	told := map[string]bool{}
	var charges []price.Charge
	for _, p := range open {
		found, err := p.Billing(ctx, since)
		switch {
		case errors.Is(err, provider.ErrNoBilling):
			bill.Silent = append(bill.Silent, p.Name())
		case err != nil:
			bill.Failed = append(bill.Failed, ProviderFault{p.Name(), err.Error()})
		default:
			told[p.Name()] = true
			charges = append(charges, found...)
		}
	}
	counted, owners, err := y.counted(since, told)
	if err != nil {
		return nil, err
	}
	for _, line := range price.Reconcile(counted, charges, y.now()) {
		if line.Verdict == price.NotOurs {
			bill.Others.Add(line)
			continue
		}
		bill.Boxes = append(bill.Boxes, line)
	}
	return bill, y.charge(ctx, bill.Boxes, owners)
}

// counted are the boxes of the journal that were there since then, of providers whose
// charges are known, and the rental of each.
func (y *Yard) counted(since time.Time, told map[string]bool) ([]price.Counted, map[string]provider.Rental, error) {
	rentals, err := provider.JournalIn(y.Home).All()
	var counted []price.Counted
	owners := map[string]provider.Rental{}
	for _, r := range rentals {
		if !told[r.Provider] || !r.ReturnedAt.IsZero() && r.ReturnedAt.Before(since) {
			continue
		}
		run, _, _ := provider.ReadOwner(r.Name)
		for _, id := range r.All() {
			counted = append(counted, price.Counted{Provider: r.Provider, Box: id, Run: run, Rate: r.Rate(), Start: later(r.AskedAt, since), End: r.ReturnedAt})
			owners[id] = r
		}
	}
	return counted, owners, err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// charge writes the cost of each attempt whose boxes are all gone and charged to their
// end: an attempt may have had several, one after the other.
func (y *Yard) charge(ctx context.Context, lines []price.Reconciled, owners map[string]provider.Rental) error {
	sums, open := map[string]float64{}, map[string]bool{}
	for _, line := range lines {
		r := owners[line.Box]
		complete := line.Verdict == price.Agrees || line.Verdict == price.ChargedMore || line.Verdict == price.ChargedLess
		sums[r.Name] += line.Charged
		open[r.Name] = open[r.Name] || !complete || r.ReturnedAt.IsZero()
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		run, n, ours := provider.ReadOwner(name)
		if !ours || open[name] || !y.hasLedger() {
			continue
		}
		l, err := y.Launcher()
		if err != nil {
			return err
		}
		cost := sums[name]
		// A run that is not there is another ledger's.
		if err := l.Ledger.Learn(ctx, run, n, launch.Facts{Cost: &cost}); err != nil && !errors.Is(err, launch.ErrNoRun) {
			return err
		}
	}
	return nil
}
