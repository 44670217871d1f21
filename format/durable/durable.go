package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts what fill writes at path: into a file beside it, fsync, rename,
// fsync of the directory. temp is the name of the file beside it, for a caller
// that alone writes the directory and knows its leavings by name; "" chooses one
// that no other writer has. On an error path is as it was.
func Write(path, temp string, perm fs.FileMode, fill func(io.Writer) error) error {
	made, err := Beside(path, temp, perm, fill)
	if err != nil {
		return err
	}
	if err := os.Rename(made, path); err != nil {
		return errors.Join(err, os.Remove(made))
	}
	return SyncDir(filepath.Dir(path))
}

// Beside is the first half of Write: it returns the synced file, which the caller
// puts in place or removes.
func Beside(path, temp string, perm fs.FileMode, fill func(io.Writer) error) (made string, err error) {
	f, err := create(path, temp, perm)
	if err != nil {
		return "", err
	}
	if err := errors.Join(fill(f), f.Sync(), f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

func create(path, temp string, perm fs.FileMode) (*os.File, error) {
	dir := filepath.Dir(path)
	if temp != "" {
		return os.OpenFile(filepath.Join(dir, temp), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-")
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(perm); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return f, nil
}

// Bytes is a fill of what is in memory already.
func Bytes(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// SyncDir puts the names in a directory on disk.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
