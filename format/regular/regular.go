package regular

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrNotRegular: the name is that of a directory, a pipe, a socket or a device.
var ErrNotRegular = errors.New("not a regular file")

// Open opens a file for reading and never waits. It looks at the file before it
// is opened, because opening a device can do something, and after, because it
// may be another one by then.
func Open(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if err := Check(path, info); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err = f.Stat()
	if err == nil {
		err = Check(path, info)
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// Check is ErrNotRegular, with the name and the kind, for what is no regular
// file.
func Check(path string, info fs.FileInfo) error {
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

// OpenInput opens what a caller reads once from its start: a regular file, or a
// stream that is open already.
func OpenInput(path string) (*os.File, error) {
	if IsStream(path) {
		return os.Open(path)
	}
	f, _, err := Open(path)
	return f, err
}

// ReadFile is os.ReadFile for what OpenInput opens.
func ReadFile(path string) ([]byte, error) {
	f, err := OpenInput(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// IsStream says that a path is another name of a stream that is open already,
// standard input or what a shell puts in place of <(…): opening it does not wait
// for another process to open the other end.
func IsStream(path string) bool {
	switch dir := filepath.Dir(path); {
	case path == "/dev/stdin":
		return true
	case dir == "/dev/fd", dir == "/proc/self/fd":
		return true
	}
	return false
}
