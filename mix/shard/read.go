package shard

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/parquet-go/parquet-go"
)

// ReadRows hands the rows of a shard to yield, in order. The row's memory is
// reused between calls; its strings stay valid.
func ReadRows(path string, yield func(*Row) error) error { return readRows(path, yield) }

// ReadTokens is ReadRows for shards of tokens. The row's slices are reused.
func ReadTokens(path string, yield func(*TokenRow) error) error { return readRows(path, yield) }

func readRows[T any](path string, yield func(*T) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var r *parquet.GenericReader[T]
	if err := guard(path, func() error { r = parquet.NewGenericReader[T](f); return nil }); err != nil {
		return err
	}
	defer r.Close()
	rows := make([]T, 16)
	for {
		var n int
		err := guard(path, func() (err error) { n, err = r.Read(rows); return err })
		for i := range rows[:n] {
			if err := yield(&rows[i]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// OutputOf says which of Outputs the file at path is a shard of, by its
// columns; "" for other files, which are sources.
func OutputOf(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		return ""
	}
	has := func(column string) bool { return file.Root().Column(column) != nil }
	switch {
	case has("messages") && has("n_trained_tokens") && has("traj_id"):
		return "messages"
	case has("input_ids") && has("labels"):
		return "tokens"
	}
	return ""
}

// guard turns the panics of parquet-go on damaged files into errors: a bad
// file is bad input.
func guard(path string, read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("read shard %s: damaged file: %v", path, p)
		}
	}()
	if err = read(); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read shard %s: %w", path, err)
	}
	return err
}
