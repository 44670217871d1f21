package cache

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"trainyard/format"
)

// version is that of the files; those of another are no entries.
const version = 1

// A header is the first line of an index.
type header struct {
	Version  int       `json:"version"`
	Made     time.Time `json:"made"`
	Files    []stamp   `json:"files"`
	Settled  bool      `json:"settled"` // a change after the reading has other times
	Marks    string    `json:"marks"`
	Records  int64     `json:"records"` // bytes
	Rows     string    `json:"rows"`    // a file name
	RowBytes int64     `json:"row_bytes"`
	RowSum   uint32    `json:"row_sum"`
}

// A stamp is a file as it was when its records were read.
type stamp struct {
	Path    string    `json:"path"`
	Size    int64     `json:"size"`
	ModTime time.Time `json:"mod_time"`
	Changed time.Time `json:"changed"`
	SHA256  string    `json:"sha256"`
}

func (s *stamp) file() format.File {
	return format.File{Path: s.Path, Size: s.Size, ModTime: s.ModTime, Changed: s.Changed}
}

// readHeader reads the first line of an index and gives how long it is. What
// cannot be read is no header.
func readHeader(f *os.File) (h header, n int64, err error) {
	line, err := bufio.NewReaderSize(f, 4096).ReadBytes('\n')
	if err != nil {
		return h, 0, fmt.Errorf("cache: %s has no header: %w", f.Name(), err)
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return h, 0, fmt.Errorf("cache: %s has no header: %w", f.Name(), err)
	}
	if h.Version != version || h.Rows != filepath.Base(h.Rows) {
		return h, 0, fmt.Errorf("cache: %s is of version %d, this is %d", f.Name(), h.Version, version)
	}
	return h, int64(len(line)), nil
}

func (h *header) line() (io.Reader, error) {
	line, err := json.Marshal(h)
	return bytes.NewReader(append(line, '\n')), err
}
