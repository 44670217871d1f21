package yard

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
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
// and after the boxes that are rented for them. What goes wrong with one run keeps no
// other from being looked after.
func (y *Yard) Tend(ctx context.Context, w Watchman) error {
	round := tending{y: y, w: w.serial()}
	err := round.look(ctx)
	round.going.Wait()
	return err
}

// A tending looks after runs side by side: one whose model is on its way home for hours
// keeps no other from being ended at its cap.
type tending struct {
	y     *Yard
	w     Watchman
	busy  sync.Map // ids of runs that are being looked after
	told  sync.Map // what could not be done, told once
	going sync.WaitGroup
}

// sideBySide is how many runs are begun to be looked after at once.
const sideBySide = 16

// look begins to look after every run that needs it and is not being looked after.
func (t *tending) look(ctx context.Context) error {
	l, err := t.y.Launcher()
	if err != nil {
		return err
	}
	open, err := l.Unfinished(ctx)
	if err != nil {
		return err
	}
	places := make(chan struct{}, sideBySide)
	for _, run := range open {
		if _, already := t.busy.LoadOrStore(run.ID, true); already || ctx.Err() != nil {
			continue
		}
		t.going.Go(func() {
			defer t.busy.Delete(run.ID)
			places <- struct{}{}
			defer func() { <-places }()
			t.y.tendOne(ctx, l, run, t.once(run.ID))
		})
	}
	t.y.tendRentals(ctx, t.w)
	return context.Cause(ctx)
}

// once tells why an evaluation could not be started the first time: it is tried at each
// look.
func (t *tending) once(id string) Watchman {
	w := t.w
	w.Told = func(run launch.Run, what string, err error) {
		if err != nil && strings.HasPrefix(what, "evaluation ") {
			if _, before := t.told.LoadOrStore(fmt.Sprint(id, what, err), true); before {
				return
			}
		}
		t.w.Told(run, what, err)
	}
	return w
}

// serial has one deed told at a time.
func (w Watchman) serial() Watchman {
	var telling sync.Mutex
	told := w.Told
	w.Told = func(run launch.Run, what string, err error) {
		telling.Lock()
		defer telling.Unlock()
		told(run, what, err)
	}
	return w
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
	round := tending{y: y, w: w.serial()}
	defer round.going.Wait()
	for {
		if err := round.look(ctx); err != nil && ctx.Err() == nil {
			round.w.Told(launch.Run{}, "", fmt.Errorf("look after runs: %w", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
