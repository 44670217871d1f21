package attempt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"trainyard/launch/files"
	"trainyard/launch/task"
)

// Place implements Machine.
func (m here) Place(_ context.Context, dir string, list []task.File) error {
	dir = m.path(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return place(dir, list, replaceOne)
}

// place puts the files of a command, or of a caller, below a directory.
func place(dir string, list []task.File, put func(path string, f task.File) error) error {
	for _, f := range list {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return fmt.Errorf("file %q lies outside its directory %s", f.Name, dir)
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := put(path, f); err != nil {
			return err
		}
	}
	return nil
}

func placeOne(path string, f task.File) error {
	if f.Link != "" {
		return os.Symlink(f.Link, path)
	}
	return os.WriteFile(path, []byte(f.Content), 0o600)
}

// replaceOne lets readers see the old file or the new one.
func replaceOne(path string, f task.File) error {
	if f.Link == "" {
		return files.Write(filepath.Dir(path), filepath.Base(path), []byte(f.Content))
	}
	if now, err := os.Readlink(path); err == nil && now == f.Link {
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Symlink(f.Link, path)
}
