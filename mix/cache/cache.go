package cache

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"trainyard/format/durable"
)

const lockName = "lock"

// A Cache is an opened directory. While it is open nothing in it is removed.
type Cache struct {
	dir  string
	lock *os.File // nil where the cache is only looked at and not there
	read bool     // nothing is written
}

// Open makes the directory if there is none and holds it until Close. A prune
// that is at work is waited for.
func Open(ctx context.Context, dir string) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open the cache: %w", err)
	}
	lock, err := shared(ctx, filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR)
	if err != nil {
		return nil, fmt.Errorf("open the cache: %w", err)
	}
	return &Cache{dir: dir, lock: lock}, nil
}

// Look opens a cache to read what is in it: nothing is written, not even where
// there is none.
func Look(ctx context.Context, dir string) (*Cache, error) {
	lock, err := shared(ctx, filepath.Join(dir, lockName), os.O_RDONLY)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open the cache: %w", err)
	}
	return &Cache{dir: dir, lock: lock, read: true}, nil
}

func shared(ctx context.Context, path string, flag int) (*os.File, error) {
	return retry(ctx, func() {}, func() (*os.File, error) { return durable.Share(path, flag, 0o644) })
}

// retry takes a lock as soon as it is free, and tells each time it has to wait.
func retry(ctx context.Context, waiting func(), take func() (*os.File, error)) (*os.File, error) {
	for {
		lock, err := take()
		if !errors.Is(err, durable.ErrLocked) {
			return lock, err
		}
		waiting()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Close lets go of the directory.
func (c *Cache) Close() error {
	if c.lock == nil {
		return nil
	}
	return c.lock.Close()
}

// Dir is where the cache lies.
func (c *Cache) Dir() string { return c.dir }
