package rented

import (
	"context"
	"errors"

	"trainyard/launch"
	"trainyard/launch/files"
)

// Find implements launch.Backend. A box on which nothing was started is given back:
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
	if err != nil {
		return "", err
	}
	return handle{b, inner}.text()
}

// give makes the claim one that never starts.
func (c claim) give(dir string) error { return files.WriteJSON(dir, claimName, c) }

func (r *Rented) named2(err, otherwise error) error {
	if err != nil {
		return r.named(err)
	}
	return otherwise
}
