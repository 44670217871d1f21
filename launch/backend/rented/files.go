package rented

import (
	"context"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/local"
	"trainyard/launch/files"
)

// Stop implements launch.Backend. Where the box does not answer, it is given back: what
// cannot be asked to end, and costs, is ended.
func (r *Rented) Stop(ctx context.Context, dir string, text launch.Handle, grace time.Duration) error {
	h, err := readHandle(text)
	if err != nil {
		return r.named(err)
	}
	if _, ended, err := readEnd(dir); ended || err != nil {
		return r.named(err)
	}
	if err := files.WriteJSON(dir, wishName, map[string]any{"at": time.Now(), "grace_ns": grace}); err != nil {
		return r.named(err)
	}
	s, err := r.box(dir, h.held)
	if err != nil {
		return r.named(err)
	}
	if h, err = r.resolve(ctx, dir, h); err == nil && s.Stop(ctx, dir, h.Attempt, grace) == nil {
		return nil
	}
	p, err := r.provider()
	if err != nil {
		return r.named(err)
	}
	return r.named(r.giveBack(ctx, p, dir, h.Nonce))
}

// Open implements launch.Backend: from the box, or from here when it was brought home.
func (r *Rented) Open(ctx context.Context, dir string, text launch.Handle, name string) (*launch.OpenFile, error) {
	b, inner, err := r.holder(ctx, dir, text)
	if err != nil {
		return nil, r.named(err)
	}
	return b.Open(ctx, dir, inner, name)
}

// List implements launch.Backend, like Open.
func (r *Rented) List(ctx context.Context, dir string, text launch.Handle, name string) ([]launch.Entry, error) {
	b, inner, err := r.holder(ctx, dir, text)
	if err != nil {
		return nil, r.named(err)
	}
	return b.List(ctx, dir, inner, name)
}

// holder has the files of the attempt now.
func (r *Rented) holder(ctx context.Context, dir string, text launch.Handle) (launch.Backend, launch.Handle, error) {
	h, err := readHandle(text)
	if err != nil {
		return nil, "", err
	}
	if _, ended, err := readEnd(dir); ended || err != nil {
		return local.Local{}, "", err
	}
	s, err := r.box(dir, h.held)
	if err == nil {
		h, err = r.resolve(ctx, dir, h)
	}
	return s, h.Attempt, err
}
