package attempt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"trainyard/format/durable"
	"trainyard/launch/files"
)

// store is where objects lie, each under its digest; one that is not whole yet has
// .part behind it.
func (m here) store() string { return filepath.Join(m.root, "store") }

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// object is where the object with a digest will lie.
func (m here) object(digest string) (string, error) {
	if m.root == "" {
		return "", errNoRoot
	}
	if !digestForm.MatchString(digest) {
		return "", fmt.Errorf("digest %q: want 64 hexadecimals in lower case", clip(digest, 80))
	}
	return filepath.Join(m.store(), digest), nil
}

// Has implements Machine.
func (m here) Has(_ context.Context, digest string) (size int64, whole bool, err error) {
	path, err := m.object(digest)
	if err != nil {
		return 0, false, err
	}
	for _, name := range []string{path, path + partSuffix} {
		switch info, err := os.Stat(name); {
		case err == nil:
			return info.Size(), name == path, files.Regular(name, info)
		case !errors.Is(err, fs.ErrNotExist):
			return 0, false, err
		}
	}
	return 0, false, nil
}

const partSuffix = ".part"

// Put implements Machine.
func (m here) Put(ctx context.Context, digest string, size, offset int64, data []byte) error {
	path, err := m.object(digest)
	if err != nil {
		return err
	}
	if offset < 0 || size < 0 || offset > size || int64(len(data)) > size-offset {
		return fmt.Errorf("%d bytes at offset %d of an object of %d: %w", len(data), offset, size, ErrOffset)
	}
	if err := os.MkdirAll(m.store(), 0o700); err != nil {
		return err
	}
	c := chunk{path: path, digest: digest, size: size, offset: offset, data: data}
	for started := time.Now(); ; pause() {
		done, err := c.tryAppend()
		if done || err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if time.Since(started) > earlyLimit {
			return fmt.Errorf("at offset %d: what should stand before it did not come: %w", offset, ErrOffset)
		}
	}
}

const (
	// earlyLimit is how long a chunk waits for those before it.
	earlyLimit = 30 * time.Second
	// maxEarly is how far ahead a chunk may be, in bytes: what waits is in memory.
	maxEarly = 32 << 20
	// spareRoom stays free behind an object, for logs and records.
	spareRoom = 64 << 20
)

// A chunk is a piece of an object on its way to the end of what is there.
type chunk struct {
	path, digest string
	size, offset int64
	data         []byte
}

// tryAppend appends the chunk if its turn has come. Several sessions may put one
// object: the lock of its file makes them take turns, and what is there already is not
// written again.
func (c chunk) tryAppend() (done bool, err error) {
	if info, err := os.Stat(c.path); err == nil {
		return true, files.Regular(c.path, info)
	}
	f, err := os.OpenFile(c.path+partSuffix, os.O_CREATE|os.O_RDWR|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	if !stillThere(f, c.path+partSuffix) {
		return false, nil // it became whole, or was removed, before the lock was ours
	}
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	switch have, end := info.Size(), c.offset+int64(len(c.data)); {
	case have < c.offset && c.offset-have <= maxEarly:
		return false, nil
	case have < c.offset || have > c.offset && have < end:
		return false, fmt.Errorf("%d bytes are there, these begin at %d: %w", have, c.offset, ErrOffset)
	case have > c.offset || have == end && have < c.size:
		return true, nil // it is there already
	}
	if err := c.append(f); err != nil {
		return false, err
	}
	if c.offset+int64(len(c.data)) < c.size {
		return true, nil
	}
	return true, c.complete(f)
}

func stillThere(f *os.File, path string) bool {
	ours, err := f.Stat()
	now, errNow := os.Stat(path)
	return err == nil && errNow == nil && os.SameFile(ours, now)
}

// append writes all of the chunk or nothing.
func (c chunk) append(f *os.File) error {
	free, known := freeBytes(filepath.Dir(c.path))
	if missing := c.size - c.offset + spareRoom - free; known && missing > 0 {
		return fmt.Errorf("%d bytes are to come and %d are free: make room for %d more: %w", c.size-c.offset, free, missing, ErrNoSpace)
	}
	_, err := f.WriteAt(c.data, c.offset)
	if err == nil {
		return nil
	}
	if errors.Is(err, syscall.ENOSPC) {
		err = fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	return errors.Join(err, f.Truncate(c.offset))
}

// complete checks the digest and gives the object its name.
func (c chunk) complete(f *os.File) error {
	if err := f.Sync(); err != nil {
		return err
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(f, 0, c.size)); err != nil {
		return err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != c.digest {
		return errors.Join(fmt.Errorf("%d bytes with the digest %s were to be %s: %w", c.size, got, c.digest, ErrDigest), os.Remove(f.Name()))
	}
	if err := errors.Join(f.Chmod(0o400), os.Rename(f.Name(), c.path)); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(c.path))
}
