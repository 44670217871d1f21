package format

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Stdin is the path that stands for standard input, which can be read once.
const Stdin = "-"

// A File is one file of a source.
type File struct {
	Path string
	Size int64 // bytes on disk, so compressed bytes where it is compressed
	// ModTime is when it was last written, as seen before anything was read.
	ModTime time.Time
	// Changed is when the file system last noted a change of it, which no
	// program can set back; zero where it is not told.
	Changed time.Time
}

// FileOf is a file as it is now.
func FileOf(path string, info fs.FileInfo) File {
	return File{Path: path, Size: info.Size(), ModTime: info.ModTime(), Changed: changed(info)}
}

// Same says that a file is still what it was: of one size, and not written
// since, even where its size and time of writing are the same again.
func (f File) Same(now File) bool {
	return f.Size == now.Size && f.ModTime.Equal(now.ModTime) && f.Changed.Equal(now.Changed)
}

// escaped is how SpellPath writes a byte.
var escaped = regexp.MustCompile(`\\x[0-9a-f]{2}`)

// SpellPath is a path as reports and JSON can hold it. A byte that is not UTF-8
// becomes \xNN; where a name holds such four characters itself their backslash
// does, so that no two paths are spelled alike.
func SpellPath(path string) string {
	if strings.Contains(path, `\x`) {
		path = escaped.ReplaceAllStringFunc(path, func(own string) string { return `\x5c` + own[1:] })
	}
	if utf8.ValidString(path) {
		return path
	}
	var b strings.Builder
	for len(path) > 0 {
		r, size := utf8.DecodeRuneInString(path)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, path[0])
		} else {
			b.WriteString(path[:size])
		}
		path = path[size:]
	}
	return b.String()
}
