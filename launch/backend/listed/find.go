package listed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"trainyard/launch"
	"trainyard/launch/files"
)

// fence closes the attempt's directory there, where that is seen here, or finds that
// the job has begun: a service may have forgotten one that ended.
func (b *Backend) fence(dir string) (begun bool, err error) {
	here, ok := b.Volumes.Here(b.there(dir))
	if !ok {
		return false, nil
	}
	if err := os.MkdirAll(here, 0o700); err != nil {
		return false, err
	}
	err = os.Mkdir(filepath.Join(here, "begun"), 0o700)
	if errors.Is(err, fs.ErrExist) {
		return true, nil
	}
	return false, err
}

// apart is how long two lists have to be apart that do not show what was asked for.
const apart = 2 * time.Minute

// Find implements launch.Backend.
func (b *Backend) Find(ctx context.Context, dir string) (launch.Handle, error) {
	h, err := b.find(ctx, dir)
	if err != nil {
		return "", fmt.Errorf("%s: %w", b.Place.Name, err)
	}
	return h, nil
}

func (b *Backend) find(ctx context.Context, dir string) (launch.Handle, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	name := JobName(dir)
	err := files.ClaimJSON(dir, askedName, asked{Name: name, At: b.now(), Void: true})
	if err == nil {
		return "", launch.ErrNeverStarted
	}
	if !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	var was asked
	if _, err := files.ReadJSON(dir, askedName, &was); err != nil {
		return "", err
	}
	if was.Void {
		return "", launch.ErrNeverStarted
	}
	jobs, err := b.list(ctx)
	if err != nil {
		return "", fmt.Errorf("it was asked for at %s, and what became of that is not known: %w", was.At.Format(time.DateTime), err)
	}
	if len(named(jobs, name)) > 0 {
		_ = os.Remove(filepath.Join(dir, unseenName))
		return handleOf(name), nil
	}
	if !b.unseenTwice(dir) {
		return "", fmt.Errorf("it was asked for at %s and is in no list yet; a list %v from now tells for sure", was.At.Format(time.DateTime), apart)
	}
	begun, err := b.fence(dir)
	switch {
	case err != nil:
		return "", fmt.Errorf("close the fence: %w", err)
	case begun:
		return handleOf(name), nil
	}
	was.Void = true
	if err := files.WriteJSON(dir, askedName, was); err != nil {
		return "", err
	}
	return "", launch.ErrNeverStarted
}

// unseenTwice notes that a list did not show the attempt, and reports whether an
// earlier list, long enough ago, did not either.
func (b *Backend) unseenTwice(dir string) bool {
	var first time.Time
	found, err := files.ReadJSON(dir, unseenName, &first)
	if err == nil && !found {
		_ = files.WriteJSON(dir, unseenName, b.at)
		return false
	}
	return err == nil && b.at.Sub(first) >= apart
}

// seen takes back what unseenTwice noted.
func seen(dir string) { _ = os.Remove(filepath.Join(dir, unseenName)) }
