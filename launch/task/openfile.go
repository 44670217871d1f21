package task

import (
	"io"
	"math"
	"time"
)

// An OpenFile is a regular file of an attempt, open for reading.
type OpenFile struct {
	io.ReaderAt
	io.Closer
	ID      string // tells the file from another one of the same name; empty: not known
	Size    int64  // in bytes, when it was opened
	ModTime time.Time
}

// From reads from a byte offset to the end that the file has by then.
func (f *OpenFile) From(offset int64) io.Reader {
	return io.NewSectionReader(f, offset, math.MaxInt64-offset)
}

// An Entry is one name in a directory of an attempt.
type Entry struct {
	Name    string
	Dir     bool // else a regular file; what is neither is not listed
	Size    int64
	ModTime time.Time
}
