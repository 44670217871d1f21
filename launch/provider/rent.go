package provider

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Desk rents boxes exactly once and returns them for good.
type Desk struct {
	Journal Journal
	Clock   Clock // nil: the machine's
	// Patience is how long a box that does not go away is worked on; 0 is 15 minutes.
	Patience time.Duration
}

func (d Desk) clock() Clock {
	if d.Clock == nil {
		return SystemClock{}
	}
	return d.Clock
}

func (d Desk) patience() time.Duration { return orElse(d.Patience, 15*time.Minute) }

// An OpenError says that a box of the nonce may exist, and that this could not be
// found out. Rent with the same order, Recover or Release go on from here.
type OpenError struct {
	Provider, Nonce string
	Err             error
}

func (e *OpenError) Error() string {
	return fmt.Sprintf("%s may have made a box of %s: %v\nhint: nothing is asked for again before two listings show none; ask once more, or look with trainyard orphans", e.Provider, e.Nonce, e.Err)
}

func (e *OpenError) Unwrap() error { return e.Err }

// A PriceError says that the box was dearer than the order allows, and was returned.
type PriceError struct {
	Box     Box
	Allowed float64
}

func (e *PriceError) Error() string {
	return fmt.Sprintf("%s box %s costs $%.2f an hour and at most $%.2f was allowed: it was given back", e.Box.Provider, e.Box.ID, e.Box.PricePerHour, e.Allowed)
}

// A SpentError says that the nonce makes no box any more.
type SpentError struct{ Rental Rental }

func (e *SpentError) Error() string {
	return fmt.Sprintf("the rental %s is %s: %s\nhint: a new attempt needs a nonce of its own", e.Rental.Nonce, e.Rental.Phase, e.Rental.Note)
}

// Rent makes one box of the order, or finds the one that an earlier call made, in
// this process or another. It returns once the provider has taken the order: the box
// may still be booting (see Wait). Without an error there is exactly one box of the
// nonce. With one there is none, but for an *OpenError, which says that this is not
// known.
func (d Desk) Rent(ctx context.Context, p Provider, o Order) (Box, error) {
	if err := o.check(p); err != nil {
		return Box{}, err
	}
	unlock, err := d.Journal.Lock(ctx, o.Nonce)
	if err != nil {
		return Box{}, err
	}
	defer unlock()
	r, found, err := d.Journal.Load(o.Nonce)
	switch {
	case err != nil:
		return Box{}, err
	case !found:
		r = Rental{Nonce: o.Nonce, Provider: p.Name(), Name: o.Name, Offer: o.Offer, Image: o.Image, DiskGB: o.DiskGB, MaxLife: o.MaxLife, MaxPrice: o.MaxPrice}
	case r.Provider != p.Name():
		return Box{}, fmt.Errorf("the rental %s was asked of %s: %s cannot go on with it", r.Nonce, r.Provider, p.Name())
	}
	switch r.Phase {
	case Held:
		return d.held(ctx, p, &r)
	case Asked:
		return d.resume(ctx, p, o, &r)
	case Releasing: // what began to give the box back died
		err := d.release(ctx, p, &r)
		return Box{}, errors.Join(&SpentError{r}, err)
	case Refused, Returned:
		return Box{}, &SpentError{r}
	}
	return d.ask(ctx, p, o, &r)
}

// resume goes on where a create may have been sent.
func (d Desk) resume(ctx context.Context, p Provider, o Order, r *Rental) (Box, error) {
	found, err := d.settle(ctx, p, r, false)
	if err != nil {
		return Box{}, &OpenError{p.Name(), r.Nonce, err}
	}
	if found {
		return d.held(ctx, p, r)
	}
	return d.ask(ctx, p, o, r)
}

// asks is how often one call sends a create: again only after listings that showed
// no box.
const asks = 3

func (d Desk) ask(ctx context.Context, p Provider, o Order, r *Rental) (Box, error) {
	for try := 1; ; try++ {
		r.Phase, r.AskedAt, r.Note = Asked, d.clock().Now(), "the box was asked for"
		r.Asks++
		if err := d.Journal.Save(*r); err != nil {
			return Box{}, err
		}
		box, err := p.Create(ctx, o)
		if err == nil {
			return d.made(ctx, p, r, box)
		}
		found, lookErr := d.settle(ctx, p, r, errors.Is(err, ErrRefused) || errors.Is(err, errUnsent))
		switch {
		case lookErr != nil:
			return Box{}, &OpenError{p.Name(), r.Nonce, errors.Join(err, lookErr)}
		case found:
			return d.held(ctx, p, r)
		case errors.Is(err, ErrRefused):
			return Box{}, errors.Join(err, d.note(r, Refused, err.Error()))
		}
		if saved := d.note(r, None, err.Error()); saved != nil || try == asks {
			return Box{}, errors.Join(err, saved)
		}
		if d.clock().Sleep(ctx, backoff(try, waitOf(err))) != nil {
			return Box{}, err
		}
	}
}

// waitOf is how long the provider asked to wait.
func waitOf(err error) time.Duration {
	var fault *Fault
	if errors.As(err, &fault) {
		return min(fault.Wait, longestWait)
	}
	return 0
}

func (d Desk) note(r *Rental, phase Phase, why string) error {
	r.Phase, r.Note = phase, why
	return d.Journal.Save(*r)
}

// made keeps the id before anything else. Where an earlier create was unknown, the
// listing decides which box stays.
func (d Desk) made(ctx context.Context, p Provider, r *Rental, box Box) (Box, error) {
	if err := d.hold(r, box.ID, nil); err != nil {
		return Box{}, &OpenError{p.Name(), r.Nonce, err}
	}
	if r.Asks > 1 {
		if boxes, err := p.List(ctx); err == nil {
			if err := d.adopt(ctx, p, r, ofNonce(boxes, r.Nonce)); err != nil {
				return Box{}, err
			}
		}
	}
	if r.Box != box.ID || box.PricePerHour == 0 {
		return d.held(ctx, p, r)
	}
	return d.afford(ctx, p, r, box)
}

func (d Desk) hold(r *Rental, id string, extra []string) error {
	if r.Box != id || r.HeldAt.IsZero() {
		r.HeldAt = d.clock().Now()
	}
	r.Box, r.Extra, r.EmptyAt = id, extra, time.Time{}
	r.saw(append([]string{id}, extra...)...)
	return d.note(r, Held, "the box is known")
}

// held looks at the box of a rental that was made before, and finishes what was left
// of it. A box that cannot be looked at now is told as Unknown.
func (d Desk) held(ctx context.Context, p Provider, r *Rental) (Box, error) {
	if len(r.Extra) > 0 {
		if err := d.drop(ctx, p, r); err != nil {
			return Box{}, err
		}
	}
	box, err := d.look(ctx, p, r)
	var gone *GoneError
	switch {
	case errors.As(err, &gone), err == nil && box.State == Gone:
		if err := d.note(r, Returned, "the box was gone when it was looked at"); err != nil {
			return Box{}, err
		}
		return Box{}, &GoneError{p.Name(), r.Box}
	case err != nil:
		return Box{Provider: p.Name(), ID: r.Box, Nonce: r.Nonce, Name: r.Name, State: Unknown, Word: err.Error(),
			Billing: true, BillingWhy: "it could not be looked at", PricePerHour: r.Offer.PricePerHour, CreatedAt: r.HeldAt, GPU: r.Offer.GPU, Count: r.Offer.Count}, nil
	}
	return d.afford(ctx, p, r, box)
}

// look is Get, which may not know a new box yet.
func (d Desk) look(ctx context.Context, p Provider, r *Rental) (Box, error) {
	for {
		box, err := p.Get(ctx, r.Box)
		var gone *GoneError
		if !errors.As(err, &gone) || !d.clock().Now().Before(r.AskedAt.Add(p.Facts().Settle)) {
			return box, err
		}
		if err := d.clock().Sleep(ctx, p.Facts().Settle/5); err != nil {
			return box, err
		}
	}
}

// afford gives a box back that is dearer than the order allows.
func (d Desk) afford(ctx context.Context, p Provider, r *Rental, box Box) (Box, error) {
	if box.PricePerHour > 0 && box.PricePerHour != r.Rate() {
		r.Price = box.PricePerHour
		if err := d.Journal.Save(*r); err != nil {
			return Box{}, &OpenError{p.Name(), r.Nonce, err}
		}
	}
	if box.PricePerHour <= r.MaxPrice {
		return box, nil
	}
	return Box{}, errors.Join(&PriceError{box, r.MaxPrice}, d.release(ctx, p, r))
}
