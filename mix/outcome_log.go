package mix

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"trainyard/mix/shard"
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
	for line, err := range l.lines() {
		if err == nil {
			err = visit(line.at, *line.Entry)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// At reads the entry of the line at a place that Each told.
func (l *OutcomeLog) At(at int64) (Entry, error) {
	e, _, err := readLine(bufio.NewReader(io.NewSectionReader(l.file, at, l.size-at)))
	if err != nil {
		return Entry{}, fmt.Errorf("%s at %d: %w", l.file.Name(), at, err)
	}
	return *e.Entry, nil
}

// Outcomes yields the account of every record that was read as a row of a table,
// in reading order, with the record that was kept in a duplicate's place; the
// first error ends it.
func (d *Dataset) Outcomes(ctx context.Context) iter.Seq2[shard.OutcomeRow, error] {
	return func(yield func(shard.OutcomeRow, error) bool) {
		log, err := d.OpenOutcomes(ctx)
		if err != nil {
			yield(shard.OutcomeRow{}, err)
			return
		}
		defer func() { _ = log.Close() }() // it was only read
		for line, err := range log.lines() {
			if err != nil {
				yield(shard.OutcomeRow{}, err)
				return
			}
			if !yield(line.row(), nil) {
				return
			}
		}
	}
}

// A placed line is one of outcomes.jsonl and where it begins there, in bytes.
type placedLine struct {
	accounted
	at int64
}

// lines yields every line in reading order; the first error ends it.
func (l *OutcomeLog) lines() iter.Seq2[placedLine, error] {
	return func(yield func(placedLine, error) bool) {
		lines := bufio.NewReaderSize(io.NewSectionReader(l.file, 0, l.size), 1<<20)
		for at, n := int64(0), 1; ; n++ {
			line, length, err := readLine(lines)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(placedLine{}, fmt.Errorf("%s:%d: %w", l.file.Name(), n, err))
				return
			}
			if !yield(placedLine{line, at}, nil) {
				return
			}
			at += length
		}
	}
}

func readLine(lines *bufio.Reader) (e accounted, length int64, err error) {
	e.Entry = &Entry{}
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

// row is the line as a table has it.
func (a *accounted) row() shard.OutcomeRow {
	row := shard.OutcomeRow{
		Source: a.Source, File: a.File, Line: int64(a.Line), TrajID: a.ID, Outcome: string(a.Outcome), Reason: a.Reason, Detail: a.Detail,
		Tokens: a.Tokens, Rows: a.Rows,
	}
	if of := a.Of; of != nil {
		row.OfSource, row.OfFile, row.OfLine, row.OfTrajID = of.Source, of.File, int64(of.Line), of.ID
	}
	return row
}

// Why is the outcome with its reason, as a manifest counts reasons.
func (e *Entry) Why() string { return reasonKey(e) }
