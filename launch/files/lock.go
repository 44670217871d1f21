package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"trainyard/format/durable"
)

// TryLock takes the lock of a file without waiting, and writes down who holds it.
// The lock tells a starting attempt from an abandoned one.
func TryLock(path string) (unlock func(), err error) {
	f, err := durable.Lock(path, 0o600)
	if err != nil {
		return nil, err
	}
	// For people only: a full disk must not cost the lock.
	_ = f.Truncate(0)
	_, _ = fmt.Fprintf(f, "process %d\n", os.Getpid())
	return func() { f.Close() }, nil
}

// Holder says who holds a lock, as the holder wrote it down.
func Holder(path string) string {
	data, err := ReadRegular(path, 100)
	if words := strings.TrimSpace(string(data)); err == nil && holderForm.MatchString(words) {
		return words
	}
	return "another process"
}

// holderForm is what TryLock writes: other words in the file are not passed on.
var holderForm = regexp.MustCompile(`^process \d+$`)

// WaitLock waits for the lock until ctx ends.
func WaitLock(ctx context.Context, path string) (unlock func(), err error) {
	for {
		unlock, err := TryLock(path)
		if !errors.Is(err, durable.ErrLocked) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s holds the lock %s: %w", Holder(path), path, context.Cause(ctx))
		case <-time.After(10 * time.Millisecond):
		}
	}
}
