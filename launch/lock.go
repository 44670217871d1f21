package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"trainyard/launch/files"
)

// errHeld: another process, or another call in this one, holds the lock.
var errHeld = errors.New("lock is held")

// tryLock takes the lock of a file without waiting. The kernel gives it back
// when the holder dies, however it dies, which is what makes it tell a starting
// attempt from an abandoned one. The file tells who holds it.
func tryLock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		f.Close()
		return nil, errHeld
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	// For people only: a full disk must not cost the lock.
	_ = f.Truncate(0)
	_, _ = fmt.Fprintf(f, "process %d\n", os.Getpid())
	return func() { f.Close() }, nil
}

// holder says who holds a lock, as the holder wrote it down.
func holder(path string) string {
	data, err := files.ReadRegular(path, 100)
	if words := oneLine(string(data), 40); err == nil && words != "" {
		return words
	}
	return "another process"
}

// lockFile waits for the lock until ctx ends.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	for {
		unlock, err := tryLock(path)
		if !errors.Is(err, errHeld) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s holds the lock %s: %w", holder(path), path, context.Cause(ctx))
		case <-time.After(10 * time.Millisecond):
		}
	}
}
