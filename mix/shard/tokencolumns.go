package shard

import (
	"errors"
	"io"

	"github.com/parquet-go/parquet-go"
)

// A tokenReader hands out the rows of a file of tokens with the memory of one row
// at a time: parquet-go's own reader of rows holds a value of 24 bytes for each
// number, and 16 rows of them.
type tokenReader struct {
	file    *parquet.File
	leaves  [3]int // of input_ids, attention_mask and labels
	group   int    // index of the next row group
	left    int64  // rows of the open one
	columns [3]*listReader
	beside  [2]int // leaves of traj_id and task; below 0 where a file has none
	texts   [2]*textReader
}

// newTokenReader gives nil where a column is not a plain list of 32-bit integers,
// as in files that another program rewrote.
func newTokenReader(file *parquet.File) *tokenReader {
	r := &tokenReader{file: file}
	for i, name := range []string{"input_ids", "attention_mask", "labels"} {
		leaf, ok := int32List(file, name)
		if !ok {
			return nil
		}
		r.leaves[i] = leaf
	}
	r.beside = [2]int{textLeaf(file, "traj_id"), textLeaf(file, "task")}
	return r
}

// read fills in the next row; io.EOF says that there is none.
func (r *tokenReader) read(row *TokenRow) (err error) {
	for ; r.left == 0; r.open() {
		if r.group == len(r.file.RowGroups()) {
			return io.EOF
		}
	}
	r.left--
	for i, list := range []*[]int32{&row.InputIDs, &row.AttentionMask, &row.Labels} {
		if *list, err = r.columns[i].next((*list)[:0]); err != nil {
			return err
		}
	}
	for i, text := range []*string{&row.TrajID, &row.Task} {
		if *text, err = r.texts[i].next(); err != nil {
			return err
		}
	}
	return nil
}

func (r *tokenReader) open() {
	r.close()
	group := r.file.RowGroups()[r.group]
	for i, leaf := range r.leaves {
		r.columns[i] = newListReader(group, leaf)
	}
	for i, leaf := range r.beside {
		r.texts[i] = newTextReader(group, leaf)
	}
	r.group, r.left = r.group+1, group.NumRows()
}

func (r *tokenReader) close() {
	for _, column := range r.columns {
		if column != nil {
			_ = column.pages.Close() // nothing was written
		}
	}
	for _, text := range r.texts {
		text.close()
	}
}

// int32List finds the leaf of a column that is a list of 32-bit integers.
func int32List(file *parquet.File, name string) (leaf int, ok bool) {
	found := -1
	for _, path := range file.Schema().Columns() {
		if path[0] != name {
			continue
		}
		column, _ := file.Schema().Lookup(path...)
		if found >= 0 || column.MaxRepetitionLevel != 1 || column.Node.Type().Kind() != parquet.Int32 {
			return 0, false
		}
		found = column.ColumnIndex
	}
	return found, found >= 0
}

// A listReader takes the lists of one column of a row group, page by page.
type listReader struct {
	pages       parquet.Pages
	most        byte // definition level of a number that is there
	repetitions []byte
	definitions []byte
	values      []int32
	at          int // index into the levels of the page
}

func newListReader(group parquet.RowGroup, leaf int) *listReader {
	chunk := group.ColumnChunks()[leaf]
	column, _ := group.Schema().Lookup(group.Schema().Columns()[leaf]...)
	return &listReader{pages: chunk.Pages(), most: byte(column.MaxDefinitionLevel)}
}

// next appends the numbers of the next row to dst.
func (r *listReader) next(dst []int32) ([]int32, error) {
	for started := false; ; started = true {
		if r.at == len(r.repetitions) {
			switch err := r.load(); {
			case errors.Is(err, io.EOF) && started:
				return dst, nil
			case err != nil:
				return dst, noEOF(err)
			}
		}
		if started && r.repetitions[r.at] == 0 {
			return dst, nil
		}
		if r.definitions[r.at] == r.most {
			dst, r.values = append(dst, r.values[0]), r.values[1:]
		}
		r.at++
	}
}

// load reads the next page that holds anything.
func (r *listReader) load() error {
	for {
		page, err := r.pages.ReadPage()
		if err != nil {
			return err
		}
		if page.NumValues() == 0 {
			continue
		}
		data := page.Data()
		r.values, r.at = data.Int32(), 0
		if d := page.Dictionary(); d != nil {
			numbers := d.Page().Data()
			r.values = looked(numbers.Int32(), r.values)
		}
		r.repetitions, r.definitions = page.RepetitionLevels(), page.DefinitionLevels()
		return nil
	}
}

// looked puts the numbers of a dictionary in place of their indices.
func looked(numbers, indices []int32) []int32 {
	values := make([]int32, len(indices))
	for i, at := range indices {
		values[i] = numbers[at]
	}
	return values
}

// noEOF tells a file that ends too early from one that was read to its end.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
