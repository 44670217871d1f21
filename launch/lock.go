package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"trainyard/format/durable"
	"trainyard/launch/files"
	"trainyard/launch/redact"
)

// tryLock takes the lock of a file without waiting, and writes down who holds it.
// The lock tells a starting attempt from an abandoned one.
func tryLock(path string) (unlock func(), err error) {
	f, err := durable.Lock(path, 0o600)
	if err != nil {
		return nil, err
	}
	// For people only: a full disk must not cost the lock.
	_ = f.Truncate(0)
	_, _ = fmt.Fprintf(f, "process %d\n", os.Getpid())
	return func() { f.Close() }, nil
}

// holder says who holds a lock, as the holder wrote it down.
func holder(path string) string {
	data, err := files.ReadRegular(path, 100)
	if words := redact.OneLine(string(data), 40); err == nil && words != "" {
		return words
	}
	return "another process"
}

// lockFile waits for the lock until ctx ends.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	for {
		unlock, err := tryLock(path)
		if !errors.Is(err, durable.ErrLocked) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s holds the lock %s: %w", holder(path), path, context.Cause(ctx))
		case <-time.After(10 * time.Millisecond):
		}
	}
}
