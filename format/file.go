package format

import "time"

// Stdin is the path that stands for standard input, which can be read once.
const Stdin = "-"

// A File is one file of a source.
type File struct {
	Path string
	Size int64 // bytes on disk, so compressed bytes where it is compressed
	// ModTime is when it was last written, as seen before anything was read.
	ModTime time.Time
}
