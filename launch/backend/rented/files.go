package rented

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/local"
	"trainyard/launch/files"
	"trainyard/launch/redact"
)

// Stop implements launch.Backend. Where the box does not answer, or does not do it, it is
// given back, and the wish keeps why: what cannot be asked to end, and costs, is ended.
// A caller that does not wait for the answer has asked for nothing yet.
func (r *Rented) Stop(ctx context.Context, dir string, text launch.Handle, grace time.Duration) error {
	h, err := readHandle(text)
	if err != nil {
		return r.named(err)
	}
	if _, ended, err := readEnd(dir); ended || err != nil {
		return r.named(err)
	}
	w := wish{At: time.Now(), Grace: grace}
	if err := w.keep(dir); err != nil {
		return r.named(err)
	}
	err = r.stopThere(ctx, dir, h, grace)
	if err == nil || ctx.Err() != nil {
		return r.named(err)
	}
	if !errors.Is(err, launch.ErrNeverStarted) {
		w.Fault = redact.OneLine(redact.Here(err.Error()), 300)
	}
	p, errProvider := r.provider()
	if errProvider != nil {
		return r.named(errors.Join(err, errProvider))
	}
	if errWish := w.keep(dir); errWish != nil {
		return r.named(errors.Join(err, errWish))
	}
	if errBack := r.giveBack(ctx, p, dir, h.Nonce); errBack != nil {
		return r.named(errors.Join(err, errBack))
	}
	return nil
}

func (r *Rented) stopThere(ctx context.Context, dir string, h handle, grace time.Duration) error {
	s, err := r.box(dir, h.held)
	if err != nil {
		return err
	}
	if h, err = r.resolve(ctx, dir, h); err != nil {
		return err
	}
	return s.Stop(ctx, dir, h.Attempt, grace)
}

// A wish is stop.json: that an end was asked for.
type wish struct {
	At    time.Time     `json:"at"`
	Grace time.Duration `json:"grace_ns"`
	Fault string        `json:"fault,omitempty"` // why its box could not be asked
}

// keep writes the wish down. On a full disk an empty file says it, which takes no room.
func (w wish) keep(dir string) error {
	err := files.WriteJSON(dir, wishName, w)
	if !errors.Is(err, syscall.ENOSPC) {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, wishName), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// wished reads the wish, of which nothing but that it is there may be known.
func wished(dir string) (w wish, is bool) {
	path := filepath.Join(dir, wishName)
	if _, err := os.Stat(path); err != nil {
		return w, false
	}
	_, _ = files.ReadJSON(dir, wishName, &w)
	return w, true
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
