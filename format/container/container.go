package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"trainyard/format"
)

// A Kind is how a file holds its records.
type Kind int

const (
	Unknown     Kind = iota // a name that is none of [Names]
	kindLines               // one JSON value a line
	JSON                    // one JSON value, or an array of records
	Whole                   // one JSON value that is one record, even if it is an array
	kindParquet             // rows
	kindTar                 // files of records, and conversations of many files
)

// Names are what the names of files end on that are read, for people.
const Names = ".jsonl, .ndjson, .json, .traj, .parquet, .tar"

// KindOf judges by name alone, compression suffixes aside.
func KindOf(name string) Kind {
	name = strings.ToLower(name)
	name = withoutCompression(name)
	if strings.HasSuffix(name, ".traj.json") {
		return Whole
	}
	switch filepath.Ext(name) {
	case ".jsonl", ".ndjson":
		return kindLines
	case ".json":
		return JSON
	case ".traj":
		return Whole
	case ".parquet":
		return kindParquet
	case ".tar", ".tgz":
		return kindTar
	}
	return Unknown
}

// A Reader walks one file and hands its records on.
type Reader struct {
	ctx     context.Context
	Path    string
	shape   Shape
	max     int64
	yield   func(format.Record) error
	yielded int
	list    *eventList // set while the values of a .json file are read
}

func (r *Reader) record(line int, raw []byte) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if split, err := r.export(raw); split {
		return err
	}
	r.yielded++
	return r.yield(format.Record{File: r.Path, Line: line, Raw: raw})
}

// Reject hands on a record with the reason why there is none at line, counted
// from 1. The error is the caller's own, from yield.
func (r *Reader) Reject(line int, reason, detail string, args ...any) error {
	r.yielded++
	return r.yield(format.Record{File: r.Path, Line: line, Err: &format.Reject{
		File: r.Path, Line: line, Reason: reason, Detail: fmt.Sprintf(detail, args...),
	}})
}

func (r *Reader) tooLarge(line int) error {
	return r.Reject(line, format.TooLarge, "a record over %d bytes is skipped", r.max)
}

// counted counts the bytes taken from a file.
type counted struct {
	io.Reader
	total *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.total.Add(int64(n))
	return n, err
}

// stream reads a plain or compressed file of JSON.
func (r *Reader) stream(file io.Reader) error {
	if err := named(r.Path); err != nil {
		return r.damaged(1, err)
	}
	in, closeIn, err := Decompress(file)
	if err != nil {
		return r.damaged(1, err)
	}
	defer closeIn()
	if KindOf(r.Path) == kindTar {
		return r.archive(in)
	}
	w := newSlidingBuffer(in, r.max)
	w.skipMark()
	kind := KindOf(r.Path)
	if kind == Unknown {
		kind = w.guess()
	}
	if kind == kindParquet {
		return r.Reject(1, format.Truncated, "Parquet is read from a file whose name ends in .parquet: it cannot be read from a pipe")
	}
	switch kind {
	case kindLines:
		if s, ok := r.sessionAhead(w); ok {
			return r.session(w, s)
		}
		return r.lines(w)
	case Whole:
		return r.whole(w)
	}
	return r.values(w)
}

// damaged reports a broken stream as the loss of the rest of its file.
func (r *Reader) damaged(line int, err error) error {
	var broken *format.Reject
	if err = damage(err); errors.As(err, &broken) {
		return r.Reject(line, broken.Reason, "%s", broken.Detail)
	}
	return err
}

// damage tells a broken stream, which costs the rest of a file, from a broken
// disk, which ends everything.
func damage(err error) error {
	var disk *os.PathError
	var told *format.Reject
	switch {
	case errors.As(err, &disk):
		return fmt.Errorf("read source: %w", err)
	case errors.As(err, &told):
		return told
	}
	return format.Rejectf(format.Truncated, "the compressed data is damaged, the rest of the file is lost: %v", err)
}
