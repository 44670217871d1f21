package mix

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// An OutcomeLog reads the account of every record of a dataset.
type OutcomeLog struct {
	file *os.File
	size int64
}

// OpenOutcomes opens the account of a dataset, once it is sure to be the one that
// the manifest names.
func (d *Dataset) OpenOutcomes(ctx context.Context) (*OutcomeLog, error) {
	if err := d.verifyFile(ctx, d.Manifest.Outcomes); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(d.Dir, d.Manifest.Outcomes.File))
	if err != nil {
		return nil, err
	}
	return &OutcomeLog{f, d.Manifest.Outcomes.Bytes}, nil
}

// Close closes the file.
func (l *OutcomeLog) Close() error { return l.file.Close() }

// Each calls visit for every record, in reading order, with the place of its line
// in the file, in bytes. The entry is visit's to keep.
func (l *OutcomeLog) Each(visit func(at int64, e Entry) error) error {
	lines := bufio.NewReaderSize(io.NewSectionReader(l.file, 0, l.size), 1<<20)
	for at, n := int64(0), 1; ; n++ {
		e, length, err := readEntry(lines)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", l.file.Name(), n, err)
		}
		if err := visit(at, e); err != nil {
			return err
		}
		at += length
	}
}

// At reads the entry of the line at a place that Each told.
func (l *OutcomeLog) At(at int64) (Entry, error) {
	e, _, err := readEntry(bufio.NewReader(io.NewSectionReader(l.file, at, l.size-at)))
	if err != nil {
		return e, fmt.Errorf("%s at %d: %w", l.file.Name(), at, err)
	}
	return e, nil
}

func readEntry(lines *bufio.Reader) (e Entry, length int64, err error) {
	line, err := lines.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		var rest []byte
		head := append([]byte(nil), line...)
		rest, err = lines.ReadBytes('\n')
		line = append(head, rest...)
	}
	if len(line) == 0 {
		return e, 0, err
	}
	return e, int64(len(line)), json.Unmarshal(line, &e)
}

// Why is the outcome with its reason, as a manifest counts reasons.
func (e *Entry) Why() string { return reasonKey(e) }
