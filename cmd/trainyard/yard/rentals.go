package yard

import (
	"context"
	"fmt"
	"os"

	"trainyard/launch"
	"trainyard/launch/provider"
)

// tendRentals finishes what a crash left open at providers, and gives back boxes that
// live longer than they may: not every provider lets a box end itself.
func (y *Yard) tendRentals(ctx context.Context, w Watchman) {
	told := func(what string, err error) { w.Told(launch.Run{}, what, err) }
	desk := y.Desk()
	all, err := desk.Journal.All()
	if err != nil {
		told("", err)
	}
	if len(all) == 0 {
		return
	}
	open, err := y.providersByName()
	if err != nil {
		told("", err)
	}
	recovered, err := desk.Recover(ctx, open)
	if err != nil {
		told("", err)
	}
	for _, r := range recovered {
		told(fmt.Sprintf("rental %s at %s is %s", r.Rental.Nonce, r.Rental.Provider, r.Rental.Phase), r.Err)
	}
	for _, r := range all {
		if p := open[r.Provider]; p != nil && r.Overdue(y.now()) {
			told(fmt.Sprintf("box %s at %s is older than the %v it may live: given back", r.Box, r.Provider, r.MaxLife), desk.Release(ctx, p, r.Nonce))
		}
	}
}

func (y *Yard) providersByName() (map[string]provider.Provider, error) {
	all, _, err := provider.Configured(os.Getenv, provider.Config{Clock: y.Clock})
	byName := map[string]provider.Provider{}
	for _, p := range all {
		byName[p.Name()] = p
	}
	return byName, err
}
