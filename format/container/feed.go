package container

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"trainyard/format"
	"trainyard/format/pyjson"
	"trainyard/format/regular"
)

// A Feed reads files and counts what it took of them. Its shape says what a
// container must know of the dialects.
type Feed struct {
	Max   int64 // longest record in bytes
	Shape Shape
	taken atomic.Int64
}

// A Shape is what dialects know of how their records lie in files. Every
// function may be nil, and then knows nothing.
type Shape struct {
	// Opens finds the session that a line, one of the first of a file, belongs
	// to: all lines are then one record.
	Opens func(line pyjson.Value) (Session, bool)
	// IsRecord says that a line is a record by itself, which ends that search.
	IsRecord func(path string, line pyjson.Value) bool
	// Export finds a session whose lines stand in one object.
	Export func(raw []byte) (lines func(pyjson.Value) pyjson.Value, s Session, ok bool)
	// Part says which folder read as one, if any, a file of an archive belongs
	// to, and its name in it; Collect starts such a folder.
	Part    func(name string) (dir, file string, ok bool)
	Collect func(dir, archive string) Collector
	// Beside are the names of files that stand beside records and hold none.
	Beside map[string]bool
}

// A Session says how the lines of a session make records.
type Session struct {
	// Resets says that the model's context was replaced at a line. Nil where
	// it never is.
	Resets func(line pyjson.Value) bool
}

// A Collector makes one record of the files of a folder.
type Collector interface {
	Dir() string
	Add(file string, raw []byte)
	Lose(reason, detail string, args ...any)
	Hand(*Reader) error
}

// Reader makes a reader of what lies at path.
func (f *Feed) Reader(ctx context.Context, path string, yield func(format.Record) error) *Reader {
	return &Reader{ctx: ctx, Path: path, shape: f.Shape, max: f.Max, yield: yield}
}

// Taken returns how many bytes of the files have been consumed so far.
func (f *Feed) Taken() int64 { return f.taken.Load() }

// Count adds to the bytes that count as consumed; n may be negative.
func (f *Feed) Count(n int64) { f.taken.Add(n) }

// Reset starts the count again.
func (f *Feed) Reset() { f.taken.Store(0) }

// ReadFile reads one file whole. What is wrong inside it becomes a record
// with Err; only the file system's own failures end the reading.
func (f *Feed) ReadFile(ctx context.Context, file format.File, yield func(format.Record) error) error {
	in := os.Stdin
	if file.Path != format.Stdin {
		var err error
		if in, err = regular.OpenInput(file.Path); err != nil {
			return fmt.Errorf("read source: %w", err)
		}
		defer in.Close()
	}
	var err error
	r := f.Reader(ctx, file.Path, yield)
	if KindOf(file.Path) == kindParquet {
		err = f.readParquet(r, in, file.Size)
	} else {
		err = r.stream(counted{in, &f.taken})
	}
	if err == nil && r.yielded == 0 {
		err = r.Reject(1, format.EmptyFile, "the file holds no record")
	}
	return err
}

// Stream reads the bytes of a file, plain or compressed, that would lie at
// path: ReadFile without a disk, for fuzzing. What is wrong inside it becomes a
// record with Err.
func (f *Feed) Stream(ctx context.Context, path string, in io.Reader, yield func(format.Record) error) error {
	return f.Reader(ctx, path, yield).stream(in)
}

// ReadBytes reads a file that is in memory, plain, compressed or Parquet, and
// would lie at path: ReadFile for the files that a recipe names.
func (f *Feed) ReadBytes(ctx context.Context, path string, raw []byte, yield func(format.Record) error) (err error) {
	r := f.Reader(ctx, path, yield)
	if KindOf(path) == kindParquet {
		err = f.readParquet(r, bytes.NewReader(raw), int64(len(raw)))
	} else {
		err = r.stream(bytes.NewReader(raw))
	}
	if err == nil && r.yielded == 0 {
		err = r.Reject(1, format.EmptyFile, "the file holds no record")
	}
	return err
}

// ReadWhole reads a file of one record.
func (f *Feed) ReadWhole(file format.File) ([]byte, error) {
	in, err := regular.OpenInput(file.Path)
	if err != nil {
		return nil, fmt.Errorf("read source: %w", err)
	}
	defer in.Close()
	plain, closePlain, err := Decompress(counted{in, &f.taken})
	if err != nil {
		return nil, damage(err)
	}
	defer closePlain()
	raw, err := io.ReadAll(io.LimitReader(plain, f.Max+1))
	switch {
	case err != nil:
		return nil, damage(err)
	case int64(len(raw)) > f.Max:
		return nil, format.Rejectf(format.TooLarge, "a record over %d bytes is skipped", f.Max)
	case len(raw) == 0:
		return nil, format.Rejectf(format.EmptyFile, "the file holds no record")
	}
	return raw, nil
}

// ReadAgain hands on a file that was read before to choose by.
func (f *Feed) ReadAgain(r *Reader, file format.File) error {
	raw, err := f.ReadWhole(file)
	f.Count(-file.Size)
	if err != nil {
		return err
	}
	r.Path = file.Path
	return r.record(1, raw)
}
