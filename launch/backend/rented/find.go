package rented

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"trainyard/launch"
	"trainyard/launch/files"
	"trainyard/launch/provider"
	"trainyard/launch/remote"
)

// Find implements launch.Backend. A box that does not answer may have started it, which
// ErrUnseen says. A box on which nothing was started is given back:
// the process that rented it is dead, and it costs.
func (r *Rented) Find(ctx context.Context, dir string) (launch.Handle, error) {
	err := claim{}.take(dir)
	if err == nil {
		return "", launch.ErrNeverStarted
	}
	if !errors.Is(err, launch.ErrClaimed) {
		return "", r.named(err)
	}
	var c claim
	if _, err := files.ReadJSON(dir, claimName, &c); err != nil {
		return "", r.named(err)
	}
	if len(c.Nonces) == 0 {
		return "", r.named2(claim{}.give(dir), launch.ErrNeverStarted)
	}
	h, err := r.started(ctx, dir)
	if !errors.Is(err, launch.ErrNeverStarted) {
		return h, r.named(err)
	}
	p, err := r.provider()
	if err != nil {
		return "", r.named(err)
	}
	if err := r.giveBack(ctx, p, dir, c.nonce()); err != nil {
		return "", r.named(err)
	}
	return "", r.named2(claim{}.give(dir), launch.ErrNeverStarted)
}

// started finds the attempt on a box that was held.
func (r *Rented) started(ctx context.Context, dir string) (launch.Handle, error) {
	var b held
	found, err := files.ReadJSON(dir, heldName, &b)
	if err != nil {
		return "", err
	}
	if !found {
		return "", launch.ErrNeverStarted
	}
	s, err := r.box(dir, b)
	if err != nil {
		return "", err
	}
	inner, err := s.Find(ctx, dir)
	if errors.Is(err, remote.ErrUnreachable) { // it costs, and may be ended: it must not stay without a handle
		h, errHandle := handle{held: b}.text()
		return h, errors.Join(errHandle, fmt.Errorf("%w: %w", launch.ErrUnseen, err))
	}
	if err != nil {
		return "", err
	}
	return handle{b, inner}.text()
}

// resolve asks the box for an attempt that a handle does not know.
func (r *Rented) resolve(ctx context.Context, dir string, h handle) (handle, error) {
	if h.Attempt != "" {
		return h, nil
	}
	s, err := r.box(dir, h.held)
	if err != nil {
		return h, err
	}
	found, err := s.Find(ctx, dir)
	if err == nil {
		h.Attempt = found
	}
	return h, err
}

// Paid implements launch.Payer: from the first box of the attempt that was seen, at the
// price of the dearest.
func (r *Rented) Paid(dir string) (f launch.Facts, err error) {
	rentals, err := r.desk(dir).Journal.All()
	if err != nil {
		return f, r.named(err)
	}
	for _, rental := range rentals {
		run, n, ours := provider.ReadOwner(rental.Name)
		if !ours || run != filepath.Base(filepath.Dir(dir)) || n != launch.AttemptOf(dir) || len(rental.All()) == 0 {
			continue
		}
		if f.AskedAt.IsZero() || rental.AskedAt.Before(f.AskedAt) {
			f.AskedAt = rental.AskedAt
		}
		if rate := rental.Rate(); f.Price == nil || rate > *f.Price {
			f.Price = &rate
		}
		f.GPU, f.GPUs = rental.Offer.GPU, rental.Offer.Count
	}
	return f, nil
}

// give makes the claim one that never starts.
func (c claim) give(dir string) error { return files.WriteJSON(dir, claimName, c) }

func (r *Rented) named2(err, otherwise error) error {
	if err != nil {
		return r.named(err)
	}
	return otherwise
}
