package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A splitWriter writes the files of one side: SPLIT.jsonl, or a file for each row
// in SPLIT/000, SPLIT/001 …, a thousand to each, since the Hub takes at most
// 10,000 files in a directory.
type splitWriter struct {
	dir   string
	apart bool
	side  Side
	file  *os.File
	out   *bufio.Writer
}

const filesInDirectory = 1000

func (w *splitWriter) write(id string, lines []any) error {
	if w.apart || w.file == nil {
		if err := w.begin(id); err != nil {
			return err
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, line := range lines {
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	w.side.Rows++
	if w.apart {
		return w.close()
	}
	return nil
}

// Write counts the bytes on their way.
func (w *splitWriter) Write(p []byte) (int, error) {
	w.side.Bytes += int64(len(p))
	return w.out.Write(p)
}

// begin opens the next file.
func (w *splitWriter) begin(id string) (err error) {
	path := filepath.Join(w.dir, w.side.Split+".jsonl")
	if w.apart {
		dir := filepath.Join(w.dir, w.side.Split, fmt.Sprintf("%03d", w.side.Rows/filesInDirectory))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		path = filepath.Join(dir, fmt.Sprintf("%06d-%s.jsonl", w.side.Rows, fileName(id)))
	}
	w.side.Files++
	w.file, err = os.Create(path)
	w.out = bufio.NewWriterSize(w.file, 1<<16)
	return err
}

// close puts the open file on disk.
func (w *splitWriter) close() error {
	if w.file == nil {
		return nil
	}
	f := w.file
	w.file = nil
	err := w.out.Flush()
	if err == nil && !w.apart { // of thousands of small files none is synced
		err = f.Sync()
	}
	if errClose := f.Close(); err == nil {
		err = errClose
	}
	return err
}

// abandon closes what an error left open.
func (w *splitWriter) abandon() {
	if w.file != nil {
		_ = w.file.Close() // the directory goes
	}
}

// fileName is an id as a part of a file's name, of at most 100 bytes.
func fileName(id string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '_'
	}, id)
	return name[:min(len(name), 100)]
}
