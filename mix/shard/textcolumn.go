package shard

import (
	"errors"
	"io"

	"github.com/parquet-go/parquet-go"
)

// A textReader takes the texts of one column of a row group, page by page. A
// nil one gives "" for each row: older files have no such column.
type textReader struct {
	pages  parquet.Pages
	values parquet.ValueReader // of the page at hand
	one    [1]parquet.Value
}

// textLeaf finds the leaf of a column that is one text a row, -1 where there is
// none.
func textLeaf(file *parquet.File, name string) int {
	column, ok := file.Schema().Lookup(name)
	if !ok || column.MaxRepetitionLevel > 0 || column.Node.Type().Kind() != parquet.ByteArray {
		return -1
	}
	return column.ColumnIndex
}

func newTextReader(group parquet.RowGroup, leaf int) *textReader {
	if leaf < 0 {
		return nil
	}
	return &textReader{pages: group.ColumnChunks()[leaf].Pages()}
}

// next is the text of the next row; its memory is the caller's.
func (r *textReader) next() (string, error) {
	if r == nil {
		return "", nil
	}
	for {
		if r.values != nil {
			n, err := r.values.ReadValues(r.one[:])
			if n == 1 {
				return string(r.one[0].ByteArray()), nil
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return "", err
			}
		}
		page, err := r.pages.ReadPage()
		if err != nil {
			return "", noEOF(err)
		}
		r.values = page.Values()
	}
}

func (r *textReader) close() {
	if r != nil {
		_ = r.pages.Close() // nothing was written
	}
}
