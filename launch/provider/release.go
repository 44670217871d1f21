package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A StillThereError lists boxes that did not go away: they may be billed.
type StillThereError struct {
	Provider string
	IDs      []string
	Err      error // of the last try; nil: the provider answered well, and lists them still
}

func (e *StillThereError) Error() string {
	text := fmt.Sprintf("%s still has %s, which may be billed", e.Provider, strings.Join(e.IDs, ", "))
	if len(e.IDs) == 0 {
		text = e.Provider + " could not be asked whether the boxes are gone: they may be billed"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text + "\nhint: try again, or end them in the provider's console"
}

func (e *StillThereError) Unwrap() error { return e.Err }

// Release ends the box of a nonce, and all others that bear it. It returns nil when
// two listings in a row show none. Where the nonce may have made a box that is not
// listed yet, they are Settle apart. Until then the rental stays open.
func (d Desk) Release(ctx context.Context, p Provider, nonce string) error {
	unlock, err := d.Journal.Lock(ctx, nonce)
	if err != nil {
		return err
	}
	defer unlock()
	r, found, err := d.Journal.Load(nonce)
	switch {
	case err != nil:
		return err
	case !found: // what asked for it died first, or the journal is another
		r = Rental{Nonce: nonce, Provider: p.Name()}
	case r.Provider != p.Name():
		return fmt.Errorf("the rental %s is of %s: %s cannot end it", nonce, r.Provider, p.Name())
	case r.Phase == Returned:
		return nil
	}
	return d.release(ctx, p, &r)
}

func (d Desk) release(ctx context.Context, p Provider, r *Rental) error {
	fresh := d.clock().Now().Before(r.AskedAt.Add(p.Facts().Settle))
	if err := d.note(r, Releasing, "its end is wanted"); err != nil && !errors.Is(err, syscall.ENOSPC) { // a full disk keeps no box
		return err
	}
	what := d.kept(r, clearance{nonce: r.Nonce, ids: r.Extra, apart: p.Facts().Settle / 3})
	if r.Box != "" {
		what.ids = append(slices.Clone(r.Extra), r.Box)
	}
	if fresh || r.Box == "" {
		what.apart = p.Facts().Settle
	}
	if err := d.clear(ctx, p, what); err != nil {
		return err
	}
	r.ReturnedAt = d.clock().Now()
	err := d.note(r, Returned, "the provider lists it no more")
	if errors.Is(err, syscall.ENOSPC) {
		return nil // it is gone: the next look that has room writes it down
	}
	return err
}

// Sweep ends boxes and returns nil when two listings show none of them. Rentals of the
// journal that held them are returned with that.
func (d Desk) Sweep(ctx context.Context, p Provider, boxes []Box) error {
	var ids []string
	for _, b := range boxes {
		ids = append(ids, b.ID)
	}
	if err := d.clear(ctx, p, clearance{ids: ids, apart: p.Facts().Settle / 3}); err != nil {
		return err
	}
	var faults []error
	for _, b := range boxes {
		if b.Nonce != "" {
			faults = append(faults, d.swept(ctx, b))
		}
	}
	return errors.Join(faults...)
}

func (d Desk) swept(ctx context.Context, b Box) error {
	unlock, err := d.Journal.Lock(ctx, b.Nonce)
	if err != nil {
		return err
	}
	defer unlock()
	r, found, err := d.Journal.Load(b.Nonce)
	if err != nil || !found || r.Box != b.ID || !r.Open() {
		return err
	}
	r.ReturnedAt = d.clock().Now()
	return d.note(&r, Returned, "it was destroyed as an orphan")
}

// A clearance is what is to be gone, and how far apart the two listings are that
// prove it.
type clearance struct {
	nonce string
	ids   []string
	apart time.Duration
	// empty is when the first of the listings in a row was that showed none; zero:
	// there was none. seen hears of each listing, with the boxes of it that are there;
	// nil: it need not be kept.
	empty time.Time
	seen  func(empty time.Time, there []Box)
}

// kept has what is seen of a rental kept in the journal. Where that fails, the next
// caller only begins anew.
func (d Desk) kept(r *Rental, c clearance) clearance {
	c.empty = r.emptySince()
	c.seen = func(empty time.Time, there []Box) {
		news := false
		for _, b := range there {
			news = r.saw(b.ID) || news
		}
		if news || !r.EmptyAt.Equal(empty) {
			_ = d.empty(r, empty)
		}
	}
	return c
}

// emptySince is EmptyAt, where no box was asked for after it.
func (r Rental) emptySince() time.Time {
	if r.EmptyAt.After(r.AskedAt) {
		return r.EmptyAt
	}
	return time.Time{}
}

// empty writes down since when listings show no box.
func (d Desk) empty(r *Rental, at time.Time) error {
	r.EmptyAt = at
	return d.Journal.Save(*r)
}

func (c clearance) means(b Box) bool {
	return c.nonce != "" && b.Nonce == c.nonce || slices.Contains(c.ids, b.ID)
}

// clear destroys until the listing shows nothing of it twice.
func (d Desk) clear(ctx context.Context, p Provider, what clearance) error {
	until := d.clock().Now().Add(d.patience())
	left := map[string]bool{} // ids that no answer has confirmed as gone or going
	for _, id := range what.ids {
		left[id] = true
	}
	empty := what.empty
	for round := 1; ; round++ {
		last := d.destroy(ctx, p, left)
		boxes, err := p.List(ctx)
		now := d.clock().Now()
		there := live(boxes, what.means)
		switch {
		case ctx.Err() != nil: // it says nothing of the provider
			last = errors.Join(last, err)
		case err != nil:
			last, empty = err, time.Time{}
		case len(there) > 0 || len(left) > 0:
			empty = time.Time{}
		case empty.IsZero():
			empty = now
		case now.Sub(empty) >= what.apart:
			return nil
		}
		if what.seen != nil {
			what.seen(empty, there)
		}
		for _, b := range there {
			// One that is on its way out is asked again now and then.
			if b.State != Terminating || round%4 == 0 {
				left[b.ID] = true
			}
		}
		if now.After(until) || ctx.Err() != nil {
			return &StillThereError{p.Name(), idsOf(there, left), errors.Join(last, ctx.Err())}
		}
		_ = d.clock().Sleep(ctx, d.pause(round, empty, what.apart)) // the end of ctx is seen above
	}
}

// pause is short while a listing waits to be confirmed, and grows while boxes stay.
func (d Desk) pause(round int, empty time.Time, apart time.Duration) time.Duration {
	if !empty.IsZero() {
		return apart/2 + time.Millisecond
	}
	return backoff(round, 0)
}

// destroy asks for the end of what is left, and takes out what was confirmed.
func (d Desk) destroy(ctx context.Context, p Provider, left map[string]bool) (last error) {
	for _, id := range slices.Sorted(maps.Keys(left)) {
		err := p.Destroy(ctx, id)
		var gone *GoneError
		if err == nil || errors.As(err, &gone) {
			delete(left, id)
		} else {
			last = err
		}
	}
	return last
}

func idsOf(boxes []Box, left map[string]bool) []string {
	ids := map[string]bool{}
	maps.Copy(ids, left)
	for _, b := range boxes {
		ids[b.ID] = true
	}
	return slices.Sorted(maps.Keys(ids))
}
