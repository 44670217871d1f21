package attempt

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"trainyard/launch/task"
)

// lockName is a file that the supervisor holds locked as long as it lives. The
// kernel takes the lock back when it dies, wherever it lived: unlike a pid, the
// lock is seen from other containers of the same machine.
const lockName = "supervisor.lock"

// holdLock takes the lock for the life of this process: the descriptor stays open,
// and a program that the supervisor starts does not get it. It is no durable.Lock,
// whose file is closed when it is collected, and which fails where a file system
// has no locks.
func holdLock(dir string) error {
	fd, err := syscall.Open(filepath.Join(dir, lockName), syscall.O_CREAT|syscall.O_RDWR|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return errors.Join(task.ErrClaimed, syscall.Close(fd))
	}
	return nil // where a file system has no locks, lookers do without
}

// lockHeld reports whether a supervisor holds the lock; known is false where
// nothing can be said, as there is no such file.
func lockHeld(dir string) (holds, known bool) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false, false
	}
	defer f.Close()
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	return errors.Is(err, syscall.EWOULDBLOCK), err == nil || errors.Is(err, syscall.EWOULDBLOCK)
}
