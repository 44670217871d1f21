package cache

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// unfinished is how the files of an entry end that is not there yet.
const unfinished = ".part"

// A Writer makes one entry. Rows can be read from its file at once.
type Writer struct {
	p       *Preparation
	part    Part
	began   time.Time
	rows    *os.File
	sum     hash.Hash32
	end     int64
	records *os.File
	index   *bufio.Writer
}

// Create begins the entry of a part. The preparation is there: locked, or made.
func (p *Preparation) Create(part Part, began time.Time) (w *Writer, err error) {
	w = &Writer{p: p, part: part, began: began, sum: crc32.New(castagnoli)}
	if w.rows, err = os.CreateTemp(p.dir, part.name()+"-*.rows"+unfinished); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	if w.records, err = os.CreateTemp(p.dir, part.name()+"-*.records"+unfinished); err != nil {
		return nil, errors.Join(fmt.Errorf("cache: %w", err), w.Abandon())
	}
	w.index = bufio.NewWriterSize(w.records, 64<<10)
	return w, nil
}

// Write adds to what is known of the records.
func (w *Writer) Write(b []byte) (int, error) { return w.index.Write(b) }

// Row appends a packed row and tells where it starts.
func (w *Writer) Row(packed []byte) (at int64, err error) {
	at = w.end
	if _, err := w.rows.Write(packed); err != nil {
		return at, fmt.Errorf("cache: %w", err)
	}
	w.sum.Write(packed)
	w.end += int64(len(packed))
	return at, nil
}

// File is where the rows lie until Commit.
func (w *Writer) File() string { return w.rows.Name() }

// Commit puts the entry in place and tells where its rows lie now. digests are
// those of the part's files, which the caller has seen unchanged since they were
// opened. After an error the rows lie where they lay.
func (w *Writer) Commit(digests []string) (rows string, err error) {
	if err := w.index.Flush(); err != nil {
		return "", fmt.Errorf("cache: %w", err)
	}
	rows = strings.TrimSuffix(w.rows.Name(), unfinished)
	h, err := w.header(digests, filepath.Base(rows))
	if err != nil {
		return "", err
	}
	made, err := w.finish(h)
	if err != nil {
		return "", fmt.Errorf("cache: %w", errors.Join(err, os.Remove(made)))
	}
	// Nothing is synced: a checksum tells what a power cut left.
	if err := os.Rename(w.rows.Name(), rows); err != nil {
		return "", err
	}
	if err := os.Rename(made, filepath.Join(w.p.dir, w.part.name()+".index")); err != nil {
		return "", errors.Join(err, os.Rename(rows, w.rows.Name()))
	}
	return rows, errors.Join(w.rows.Close(), w.records.Close(), os.Remove(w.records.Name()))
}

func (w *Writer) header(digests []string, rows string) (h header, err error) {
	info, err := w.records.Stat()
	if err != nil {
		return h, err
	}
	h = header{Version: version, Made: w.began.UTC(), Settled: true, Marks: w.part.marks(), Records: info.Size(), Rows: rows, RowBytes: w.end, RowSum: w.sum.Sum32()}
	for i, f := range w.part.Files {
		h.Files = append(h.Files, stamp{f.Path, f.Size, f.ModTime, f.Changed, digests[i]})
		h.Settled = h.Settled && settled(f.ModTime, w.began) && settled(f.Changed, w.began)
	}
	return h, nil
}

// settled says that a file which is changed after it was opened gets another time
// of change: file systems count in steps of up to two seconds.
func settled(changed, opened time.Time) bool { return opened.Sub(changed) > 2*time.Second }

// finish writes the index beside its place.
func (w *Writer) finish(h header) (made string, err error) {
	made = strings.TrimSuffix(w.records.Name(), ".records"+unfinished) + ".index" + unfinished
	f, err := os.Create(made)
	if err != nil {
		return made, err
	}
	line, err := h.line()
	if err == nil {
		_, err = w.records.Seek(0, io.SeekStart)
	}
	sum := crc32.New(castagnoli)
	if err == nil {
		_, err = io.Copy(io.MultiWriter(f, sum), io.MultiReader(line, w.records))
	}
	if err == nil {
		_, err = f.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	}
	return made, errors.Join(err, f.Close())
}

// Keep closes the files of an entry that will not be, and leaves the rows to who
// reads them. The next prune removes them.
func (w *Writer) Keep() error {
	return errors.Join(w.rows.Close(), w.records.Close(), os.Remove(w.records.Name()))
}

// Abandon removes the files of an entry that will not be.
func (w *Writer) Abandon() error {
	var errs []error
	for _, f := range []*os.File{w.rows, w.records} {
		if f != nil {
			errs = append(errs, f.Close(), os.Remove(f.Name()))
		}
	}
	return errors.Join(errs...)
}
