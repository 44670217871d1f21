package container

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"trainyard/format"
)

// readParquet yields the rows of a Parquet file as JSON objects: nested
// structs become objects in column order, absent members are left out (a
// struct column pads every row with the members of all), columns that say that
// they hold JSON become what it says, and other strings stay strings even where
// they hold JSON.
func (f *Feed) readParquet(r *Reader, disk io.ReaderAt, size int64) error {
	p := &parquetReader{Reader: r, disk: disk, size: size, feed: f}
	if err := guarded(p.open); err != nil {
		return r.Reject(1, format.Truncated, "no Parquet file that can be read: %v", err)
	}
	if p.root.leaves == 0 {
		return r.Reject(1, format.EmptyFile, "a Parquet file of %d rows without columns", p.rows)
	}
	for i, group := range p.groups {
		if err := p.group(i, group); err != nil {
			return err
		}
	}
	f.Count(size - p.counted)
	return nil
}

// open reads the footer.
func (p *parquetReader) open() error {
	if err := CheckFooter(p.disk, p.size); err != nil {
		return err
	}
	file, err := parquet.OpenFile(p.disk, p.size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return err
	}
	p.file, p.rows, p.groups = file, file.NumRows(), file.RowGroups()
	p.root = columnTree(file.Root(), 0, 0)
	p.root.heedFeatures(file)
	return nil
}

// guarded is the only way to call parquet-go, which checks less than a reader of
// strangers' files needs: a panic becomes an error.
func guarded(call func() error) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("the reader gave up: %v", broken)
		}
	}()
	return call()
}

type parquetReader struct {
	*Reader
	disk    io.ReaderAt
	file    *parquet.File
	groups  []parquet.RowGroup
	root    *column
	rows    int64
	line    int // the row that comes next, from 1
	size    int64
	counted int64 // bytes of the file counted as read
	feed    *Feed
	columns [][]parquet.Value // of one row, by leaf
	raw     []byte
	over    bool // the row is longer than a record may be
}

// group yields the rows of one row group. What is damaged costs the rest of
// it; the next one is read on.
func (p *parquetReader) group(i int, group parquet.RowGroup) error {
	var rows parquet.Rows
	count := int64(0)
	err := guarded(func() error {
		if count = group.NumRows(); count <= 0 {
			return nil
		}
		if err := p.checkPages(i); err != nil {
			return err
		}
		rows = group.Rows()
		return nil
	})
	first := p.line + 1
	p.line = first
	if err == nil && rows != nil {
		defer func() { _ = guarded(rows.Close) }() // nothing was written
		err = p.eachRow(rows)
	}
	var lost *format.Reject
	switch {
	case errors.As(err, &lost):
		err = p.Reject(p.line, lost.Reason, "the rest of the row group is left out: %s", lost.Detail)
	case errors.Is(err, errDamaged):
		err = p.Reject(p.line, format.Truncated, "the rest of the row group is lost: %v", err)
	}
	p.line = first + int(max(count, 0)) - 1
	return err
}

// errDamaged is what parquet-go finds wrong with a file.
var errDamaged = errors.New("damaged data")

// eachRow yields rows until they end. An error that is not errDamaged ends the
// reading.
func (p *parquetReader) eachRow(rows parquet.Rows) error {
	buffer := make([]parquet.Row, 1)
	for {
		n := 0
		err := guarded(func() (err error) {
			if n, err = rows.ReadRows(buffer); n == 1 {
				p.assemble(buffer[0])
			}
			return err
		})
		if n == 1 && (err == nil || errors.Is(err, io.EOF)) {
			if err := p.row(); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%w: %w", errDamaged, err)
		case n == 0:
			return fmt.Errorf("%w: no row where one should be", errDamaged)
		}
	}
}

// assemble prints a row into p.raw, unless it is known to be too long.
func (p *parquetReader) assemble(row parquet.Row) {
	p.columns = p.columns[:0]
	length := int64(0)
	row.Range(func(_ int, values []parquet.Value) bool {
		p.columns = append(p.columns, values)
		for i := range values {
			length += printedLength(&values[i])
		}
		return true
	})
	if p.over = length > p.max; !p.over {
		p.raw, _ = p.root.instance(p.raw[:0], p.columns)
	}
}

func (p *parquetReader) row() error {
	p.advance()
	line := p.line
	p.line++
	if p.over || int64(len(p.raw)) > p.max {
		return p.tooLarge(line)
	}
	return p.record(line, p.raw)
}

// advance counts a row's share of the file: which bytes a row took cannot be
// said, for columns lie apart.
func (p *parquetReader) advance() {
	share := int64(float64(p.size) * float64(p.line) / float64(max(p.rows, int64(p.line))))
	p.feed.Count(share - p.counted)
	p.counted = share
}
