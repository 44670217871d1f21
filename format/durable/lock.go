package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// ErrLocked says that another process, or another call in this one, holds a lock.
var ErrLocked = errors.New("the lock is held")

// Lock takes the lock of a file, which it makes with perm where there is none,
// and does not wait. Closing the file gives the lock back, and so does the kernel
// when the holder dies, however it dies: a lock tells work that goes on from work
// that was left.
func Lock(path string, perm fs.FileMode) (*os.File, error) {
	return flock(path, os.O_CREATE|os.O_RDWR, perm, syscall.LOCK_EX)
}

// Share takes a lock together with others who share it, and keeps out those who
// want it alone. flag is that of os.OpenFile: a lock that is there can be shared
// without writing anything.
func Share(path string, flag int, perm fs.FileMode) (*os.File, error) {
	return flock(path, flag, perm, syscall.LOCK_SH)
}

func flock(path string, flag int, perm fs.FileMode, how int) (*os.File, error) {
	f, err := os.OpenFile(path, flag|syscall.O_NONBLOCK, perm)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrLocked
	}
	return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
}
