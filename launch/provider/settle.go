package provider

import (
	"context"
	"slices"
	"time"
)

// listings is how often a listing that fails is tried before the question is left
// open. Each is several requests already.
const listings = 3

// settle finds out what a create made whose answer is not known. found says that the
// rental holds a box now. Without it and without an error there is none: two
// listings, Settle apart, showed none, or one where the provider refused clearly.
func (d Desk) settle(ctx context.Context, p Provider, r *Rental, refused bool) (found bool, err error) {
	settle := p.Facts().Settle
	empty := r.emptySince() // the first of the listings in a row that showed none
	for faults := 0; ; {
		boxes, err := p.List(ctx)
		now := d.clock().Now()
		ours := ofNonce(boxes, r.Nonce)
		switch {
		case err != nil:
			if faults++; faults == listings {
				return false, err
			}
		case len(ours) > 0:
			held, err := d.choose(ctx, p, r, ours)
			if held || err != nil {
				return held, err
			}
			empty = time.Time{}
		case refused, !empty.IsZero() && now.Sub(empty) >= settle:
			return false, nil
		case empty.IsZero():
			empty = now
		}
		if !r.EmptyAt.Equal(empty) {
			if err := d.empty(r, empty); err != nil {
				return false, err
			}
		}
		if err := d.clock().Sleep(ctx, settle/3+time.Millisecond); err != nil {
			return false, err
		}
	}
}

// choose adopts the oldest usable box and destroys the others. Where none is usable,
// such as the stopped one of a bid that was too low, it destroys all.
func (d Desk) choose(ctx context.Context, p Provider, r *Rental, ours []Box) (held bool, err error) {
	if slices.ContainsFunc(ours, Box.usable) {
		return true, d.adopt(ctx, p, r, ours)
	}
	return false, d.clear(ctx, p, d.kept(r, clearance{nonce: r.Nonce, apart: p.Facts().Settle / 3}))
}

func (d Desk) adopt(ctx context.Context, p Provider, r *Rental, ours []Box) error {
	keep := slices.IndexFunc(ours, Box.usable)
	if keep < 0 {
		return nil // the listing does not show it yet
	}
	var extra []string
	for i, b := range ours {
		if i != keep && b.ID != ours[keep].ID {
			extra = append(extra, b.ID)
		}
	}
	if r.Box != "" && r.Box != ours[keep].ID && !slices.Contains(extra, r.Box) {
		extra = append(extra, r.Box)
	}
	if err := d.hold(r, ours[keep].ID, extra); err != nil {
		return &OpenError{p.Name(), r.Nonce, err}
	}
	if len(extra) == 0 {
		return nil
	}
	return d.drop(ctx, p, r)
}

// drop destroys the boxes that a rental has beside its own.
func (d Desk) drop(ctx context.Context, p Provider, r *Rental) error {
	if err := d.clear(ctx, p, clearance{ids: r.Extra, apart: p.Facts().Settle / 3}); err != nil {
		return err
	}
	r.Extra = nil
	return d.note(r, Held, "the box is known; others of its nonce were destroyed")
}
