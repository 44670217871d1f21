package provider

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Recovered is what became of a rental that a crash had left open.
type Recovered struct {
	Rental Rental `json:"rental"` // as it stands now
	Err    error  `json:"-"`
}

// Recover finishes every rental whose end is open: a create whose answer is not
// known is settled, and its box held or known to be none; a release goes on. It asks
// for nothing new, and leaves boxes that are held alone. open are providers by name;
// a rental of another one is told with an error.
func (d Desk) Recover(ctx context.Context, open map[string]Provider) ([]Recovered, error) {
	all, err := d.Journal.All()
	var done []Recovered
	for _, r := range all {
		if r.Phase != Asked && r.Phase != Releasing && len(r.Extra) == 0 {
			continue
		}
		p := open[r.Provider]
		if p == nil {
			done = append(done, Recovered{r, fmt.Errorf("the rental %s may be billed, and %s cannot be asked: %s is not set", r.Nonce, r.Provider, Providers[r.Provider].KeyEnv)})
			continue
		}
		done = append(done, d.recoverOne(ctx, p, r.Nonce))
	}
	return done, err
}

func (d Desk) recoverOne(ctx context.Context, p Provider, nonce string) Recovered {
	unlock, err := d.Journal.Lock(ctx, nonce)
	if err != nil {
		return Recovered{Rental{Nonce: nonce, Provider: p.Name()}, err}
	}
	defer unlock()
	r, found, err := d.Journal.Load(nonce) // another process may have been here
	switch {
	case err != nil || !found:
	case r.Phase == Asked:
		var held bool
		if held, err = d.settle(ctx, p, &r, false); err != nil {
			err = &OpenError{p.Name(), nonce, err}
		} else if !held {
			err = d.note(&r, None, "two listings showed no box")
		}
	case r.Phase == Releasing:
		err = d.release(ctx, p, &r)
	case len(r.Extra) > 0:
		err = d.drop(ctx, p, &r)
	}
	return Recovered{r, err}
}

// A NotReadyError says that a box does not come up, and in which state it was last.
// It is not given back by that.
type NotReadyError struct {
	Box Box
	Err error // of the last look, where it failed
}

func (e *NotReadyError) Error() string {
	text := fmt.Sprintf("%s box %s is not ready: it is %s (%s), and billed: %v, %s", e.Box.Provider, e.Box.ID, e.Box.State, e.Box.Word, e.Box.Billing, e.Box.BillingWhy)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *NotReadyError) Unwrap() error { return e.Err }

// lookEvery is how often Wait looks.
const lookEvery = 5 * time.Second

// Wait looks at a box until it can be dialled. It ends at once with a
// *NotReadyError where the box will not come up any more, and with one when limit
// has passed. A box that cannot be seen is waited for.
func (d Desk) Wait(ctx context.Context, p Provider, id string, limit time.Duration) (Box, error) {
	began := d.clock().Now()
	last := Box{Provider: p.Name(), ID: id, State: Unknown, Billing: true, BillingWhy: "it could not be looked at"}
	for {
		box, err := p.Get(ctx, id)
		now := d.clock().Now()
		var gone *GoneError
		if errors.As(err, &gone) && now.Sub(began) < p.Facts().Settle {
			err, box = nil, last // it may not be known yet
		}
		if err == nil {
			last = box
		}
		switch {
		case err == nil && box.Ready():
			return box, nil
		case errors.As(err, &gone):
			return last, err
		case err == nil && !box.usable(), now.Sub(began) >= limit, ctx.Err() != nil:
			return last, &NotReadyError{last, errors.Join(err, ctx.Err())}
		}
		_ = d.clock().Sleep(ctx, lookEvery) // the end of ctx is seen above
	}
}
