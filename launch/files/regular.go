package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// ErrNotRegular: the name is that of a directory, a pipe, a socket or a device.
// Opening or reading one of those may wait for ever.
var ErrNotRegular = errors.New("not a regular file")

// OpenRegular opens a file for reading and never waits. What is no regular file
// is ErrNotRegular: a trainer may put a pipe in the place of its log. It is
// looked at before it is opened, because opening a device can do something, and
// after, because it may be another one by then.
func OpenRegular(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if err := Regular(path, info); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err = f.Stat()
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
func Regular(path string, info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	return fmt.Errorf("%s is %s: %w", path, kindOf(info.Mode()), ErrNotRegular)
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

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
