package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"trainyard/format/regular"
)

// ErrNotRegular is regular.ErrNotRegular.
var ErrNotRegular = regular.ErrNotRegular

// OpenRegular opens a file for reading and never waits: a trainer may put a
// pipe in the place of its log.
func OpenRegular(path string) (*os.File, fs.FileInfo, error) { return regular.Open(path) }

// OpenInPlace opens a file for reading and for writing over what stands there. It never
// waits, and follows no link.
func OpenInPlace(path string) (*os.File, fs.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = Regular(path, info)
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// Regular is ErrNotRegular, with its name and its kind, for what is no regular
// file.
func Regular(path string, info fs.FileInfo) error { return regular.Check(path, info) }

// ReadRegular reads a small regular file whole; one above limit bytes is an
// error.
func ReadRegular(path string, limit int64) ([]byte, error) {
	f, info, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info.Size() > limit {
		return nil, fmt.Errorf("%s: %d bytes, at most %d were expected", path, info.Size(), limit)
	}
	return io.ReadAll(io.LimitReader(f, limit))
}
