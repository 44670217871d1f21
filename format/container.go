package format

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A container is how a file holds its records.
type container int

const (
	unknownContainer container = iota
	lineContainer              // one JSON value a line
	jsonContainer              // one JSON value, or an array of records
	wholeContainer             // one JSON value that is one record, even if it is an array
	parquetContainer           // rows
	tarContainer               // files of records, and conversations of many files
)

const containerNames = ".jsonl, .ndjson, .json, .traj, .parquet, .tar"

// containerOf judges by name alone, compression suffixes aside.
func containerOf(name string) container {
	name = strings.ToLower(name)
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	if strings.HasSuffix(name, ".traj.json") {
		return wholeContainer
	}
	switch filepath.Ext(name) {
	case ".jsonl", ".ndjson":
		return lineContainer
	case ".json":
		return jsonContainer
	case ".traj":
		return wholeContainer
	case ".parquet":
		return parquetContainer
	case ".tar", ".tgz":
		return tarContainer
	}
	return unknownContainer
}

// A reader walks one file and hands its records on.
type reader struct {
	ctx     context.Context
	path    string
	shape   Shape
	max     int64
	yield   func(Record) error
	yielded int
	list    *eventList // set while the values of a .json file are read
}

func (r *reader) record(line int, raw []byte) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if split, err := r.export(raw); split {
		return err
	}
	r.yielded++
	return r.yield(Record{File: r.path, Line: line, Raw: raw})
}

func (r *reader) reject(line int, reason, detail string, args ...any) error {
	r.yielded++
	return r.yield(Record{File: r.path, Line: line, Err: &Reject{
		File: r.path, Line: line, Reason: reason, Detail: fmt.Sprintf(detail, args...),
	}})
}

func (r *reader) tooLarge(line int) error {
	return r.reject(line, TooLarge, "a record over %d bytes is skipped", r.max)
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
func (r *reader) stream(file io.Reader) error {
	in, closeIn, err := Decompress(file)
	if err != nil {
		return r.damaged(1, err)
	}
	defer closeIn()
	if containerOf(r.path) == tarContainer {
		return r.archive(in)
	}
	w := newWindow(in, r.max)
	w.skipMark()
	kind := containerOf(r.path)
	if kind == unknownContainer {
		kind = w.guess()
	}
	if kind == parquetContainer {
		return r.reject(1, Truncated, "Parquet is read from a file whose name ends in .parquet: it cannot be read from a pipe")
	}
	switch kind {
	case lineContainer:
		if s, ok := r.sessionAhead(w); ok {
			return r.session(w, s)
		}
		return r.lines(w)
	case wholeContainer:
		return r.whole(w)
	}
	return r.values(w)
}

// damaged reports a broken stream as the loss of the rest of its file.
func (r *reader) damaged(line int, err error) error {
	var broken *Reject
	if err = damage(err); errors.As(err, &broken) {
		return r.reject(line, broken.Reason, "%s", broken.Detail)
	}
	return err
}

// damage tells a broken stream, which costs the rest of a file, from a broken
// disk, which ends everything.
func damage(err error) error {
	var disk *os.PathError
	if errors.As(err, &disk) {
		return fmt.Errorf("read source: %w", err)
	}
	return reject(Truncated, "the compressed data is damaged, the rest of the file is lost: %v", err)
}

// Decompress gives the plain bytes of a file that may be gzip or zstd, and what
// frees its buffers. It looks at the first bytes, not at the name.
func Decompress(file io.Reader) (io.Reader, func(), error) {
	const buffer = 256 << 10
	in := bufio.NewReaderSize(file, buffer)
	magic, err := in.Peek(4)
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, err
		}
		return z, func() { z.Close() }, nil
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return in, func() {}, nil
}
