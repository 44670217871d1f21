package files

import (
	"fmt"
	"io"
	"io/fs"
	"os"

	"trainyard/format/regular"
)

// ErrNotRegular is regular.ErrNotRegular.
var ErrNotRegular = regular.ErrNotRegular

// OpenRegular opens a file for reading and never waits: a trainer may put a
// pipe in the place of its log.
func OpenRegular(path string) (*os.File, fs.FileInfo, error) { return regular.Open(path) }

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
