package database

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"trainyard/launch/files"
)

// private makes the file and its directory for the user alone. A directory that
// holds other things too, such as /tmp, is not ours to close.
func private(file string) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := makePrivate(file); err != nil {
		return plainError(dir, err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if err := files.Regular(file, info); err != nil {
		return err
	}
	tighten(file, 0o600)
	if ours(dir) {
		tighten(dir, 0o700)
	}
	return nil
}

// makePrivate makes the file where there is none. One that is there is not opened:
// closing it would give back the locks that SQLite holds on it in this process.
func makePrivate(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// tighten takes from others what they may do. Where the file is another user's,
// it is that user's business.
func tighten(path string, mode os.FileMode) {
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&^mode != 0 && info.Mode()&os.ModeSticky == 0 {
		_ = os.Chmod(path, info.Mode().Perm()&mode)
	}
}

// ours reports whether a directory holds only what trainyard puts into its home.
func ours(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if !ourName.MatchString(e.Name()) {
			return false
		}
	}
	return true
}

// writable reports whether this user may write the file.
func writable(file string) bool {
	const mayWrite = 2 // W_OK of access(2)
	return syscall.Access(file, mayWrite) == nil
}

func notOurs(file string) error {
	return fmt.Errorf("%w: %s: %w: nothing is recorded", ErrReadOnly, file, fs.ErrPermission)
}
