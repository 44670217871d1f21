package yard

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"trainyard/launch"
	"trainyard/launch/alert"
)

// A Watchman is what [Yard.Tend] needs to know.
type Watchman struct {
	Alerts []alert.Channel
	// Told is called for everything that was done or went wrong; err is nil for a deed.
	Told func(run launch.Run, what string, err error)
}

// Tend looks after every run that needs it, once: states, caps, next attempts, alerts;
// and after the boxes that are rented for them.
// What goes wrong with one run keeps no other from being looked after.
func (y *Yard) Tend(ctx context.Context, w Watchman) error {
	l, err := y.Launcher()
	if err != nil {
		return err
	}
	open, err := l.Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, run := range open {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		y.tendOne(ctx, l, run, w)
	}
	y.tendRentals(ctx, w)
	return nil
}

func (y *Yard) tendOne(ctx context.Context, l *launch.Launcher, run launch.Run, w Watchman) {
	now, deeds, err := l.Tend(ctx, run)
	for _, d := range deeds {
		w.Told(d.Run, d.What, d.Err)
	}
	if err != nil {
		w.Told(run, "", err)
		return
	}
	if err := y.alert(ctx, l, now, w.Alerts); err != nil {
		w.Told(now, "", err)
	}
}

// lookedBack is how many losses are measured for a spike.
const lookedBack = 51

func (y *Yard) alert(ctx context.Context, l *launch.Launcher, run launch.Run, channels []alert.Channel) error {
	if len(channels) == 0 {
		return nil
	}
	curve, err := l.Ledger.Curve(ctx, run.ID, "loss")
	if err != nil {
		return err
	}
	var losses []float64
	for _, p := range curve[max(0, len(curve)-lookedBack):] {
		losses = append(losses, float64(p.Value))
	}
	spend, err := l.Ledger.Spend(ctx, launch.SpendQuery{Run: run.ID})
	if err != nil {
		return err
	}
	var faults []error
	for _, a := range alert.Of(run, losses, spend.Dollars, l.Caps.Run, time.Now()) {
		faults = append(faults, alert.Tell(ctx, filepath.Dir(l.Dir(run)), channels, a))
	}
	return errors.Join(faults...)
}

// Serve tends all runs every so often until ctx ends. Any number of processes may:
// each attempt is begun, and each alert told, by one of them.
func (y *Yard) Serve(ctx context.Context, every time.Duration, w Watchman) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := y.Tend(ctx, w); err != nil && ctx.Err() == nil {
			w.Told(launch.Run{}, "", fmt.Errorf("look after runs: %w", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
