package attempt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"trainyard/launch/files"
	"trainyard/launch/task"
)

// Open implements Machine.
func (m here) Open(_ context.Context, dir, name string) (*task.OpenFile, error) {
	dir = m.path(dir)
	f, info, err := files.OpenRegular(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, missing(dir, err)
	}
	return &task.OpenFile{ReaderAt: f, Closer: f, ID: fileID(info), Size: info.Size(), ModTime: info.ModTime()}, nil
}

// missing tells a file that is not there from a directory that is gone.
func missing(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) && gone(dir) {
		return fmt.Errorf("%s: %w", dir, task.ErrGone)
	}
	return err
}

// fileID names a file by its place on its disk.
func fileID(info fs.FileInfo) string {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
	}
	return ""
}

// List implements Machine.
func (m here) List(_ context.Context, dir, name string) ([]task.Entry, error) {
	dir = m.path(dir)
	entries, err := files.List(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, missing(dir, err)
	}
	return entries, nil
}
