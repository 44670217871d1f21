package shard

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/parquet-go/parquet-go"

	"trainyard/format/container"
	"trainyard/format/regular"
)

// ReadRows hands the rows of a shard to yield, in order. The row's memory is
// reused between calls; its strings stay valid.
func ReadRows(path string, yield func(*Row) error) error {
	if output, err := OutputOf(path); err != nil {
		return err
	} else if output != "turns" {
		return readRows(path, yield)
	}
	var row Row
	return readRows(path, func(r *TurnRow) error {
		r.row(&row)
		return yield(&row)
	})
}

// ReadPacked is ReadRows for shards of packed sequences.
func ReadPacked(path string, yield func(*PackedRow) error) error { return readRows(path, yield) }

// ReadTokens is ReadRows for shards of tokens, and of packed sequences as if they
// were such. The row's slices are reused.
func ReadTokens(path string, yield func(*TokenRow) error) error {
	f, size, err := open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var r *tokenReader
	err = guard(path, func() error {
		if err := container.CheckFooter(f, size); err != nil {
			return err
		}
		file, err := parquet.OpenFile(f, size)
		if err == nil {
			r = newTokenReader(file)
		}
		return err
	})
	if err != nil || r == nil {
		if err == nil {
			err = readRows(path, yield)
		}
		return err
	}
	defer func() { _ = guard(path, func() error { r.close(); return nil }) }()
	var row TokenRow
	for {
		err := guard(path, func() error { return r.read(&row) })
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := yield(&row); err != nil {
			return err
		}
	}
}

func readRows[T any](path string, yield func(*T) error) error {
	f, size, err := open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var r *parquet.GenericReader[T]
	err = guard(path, func() error {
		if err := container.CheckFooter(f, size); err != nil {
			return err
		}
		r = parquet.NewGenericReader[T](f)
		return nil
	})
	if err != nil {
		return err
	}
	defer func() { _ = guard(path, r.Close) }() // nothing was written
	rows := make([]T, 16)
	for read := int64(0); ; {
		var n int
		err := guard(path, func() (err error) {
			if n, err = r.Read(rows); n == 0 && err == nil {
				err = errors.New("no row where one should be")
			}
			return err
		})
		for i := range rows[:n] {
			if err := yield(&rows[i]); err != nil {
				return err
			}
		}
		read += int64(n)
		if errors.Is(err, io.EOF) && read == r.NumRows() {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// open opens a file and tells its size.
func open(path string) (*os.File, int64, error) {
	f, info, err := regular.Open(path)
	if err != nil {
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// OutputOf says which of Outputs the file at path is a shard of, by its
// columns; "" for other files, which are sources. A Parquet file that cannot be
// read is an error: it may be a shard of which a part is lost.
func OutputOf(path string) (output string, err error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return "", nil // not for us to tell
	}
	f, size, err := open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if !claims(f, path, size) {
		return "", nil
	}
	err = guard(path, func() error {
		if err := container.CheckFooter(f, size); err != nil {
			return err
		}
		file, err := parquet.OpenFile(f, size)
		if err == nil {
			output = outputOf(file.Root())
		}
		return err
	})
	return output, err
}

// claims reports whether a file says that it is Parquet: by its name, its
// first bytes or its last.
func claims(f io.ReaderAt, path string, size int64) bool {
	if strings.EqualFold(filepath.Ext(path), ".parquet") {
		return true
	}
	var first, last [len(parquetMagic)]byte
	_, err := f.ReadAt(first[:], 0)
	_, err2 := f.ReadAt(last[:], max(0, size-int64(len(last))))
	return err == nil && err2 == nil && (string(first[:]) == parquetMagic || string(last[:]) == parquetMagic)
}

func outputOf(root *parquet.Column) string {
	has := func(column string) bool { return root.Column(column) != nil }
	switch {
	case has("messages") && has("n_trained_tokens") && has("traj_id"):
		if saysLoss(root) {
			return "turns"
		}
		return "messages"
	case has("input_ids") && has("labels") && has("seq_lengths") && has("traj_ids"):
		return "packed"
	case has("input_ids") && has("labels"):
		return "tokens"
	}
	return ""
}

// saysLoss looks for loss beside the role and the content of messages.
func saysLoss(root *parquet.Column) bool {
	for _, name := range []string{"messages", "list", "element", "loss"} {
		if root = root.Column(name); root == nil {
			return false
		}
	}
	return true
}

// guard turns the panics of parquet-go on damaged files into errors: a bad
// file is bad input.
func guard(path string, read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("read shard %s: damaged file: %v", path, p)
		}
	}()
	if err = read(); err != nil {
		return fmt.Errorf("read shard %s: %w", path, err)
	}
	return nil
}
