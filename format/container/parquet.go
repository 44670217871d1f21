package container

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"trainyard/format"
)

// readParquet yields the rows of a Parquet file as JSON objects: nested
// structs become objects in column order, absent members are left out (a
// struct column pads every row with the members of all), strings stay
// strings even where they hold JSON.
func (f *Feed) readParquet(r *Reader, disk io.ReaderAt, size int64) error {
	var file *parquet.File
	err := guarded(func() (err error) {
		if err := checkFooter(disk, size); err != nil {
			return err
		}
		file, err = parquet.OpenFile(disk, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
		return err
	})
	if err != nil {
		return r.Reject(1, format.Truncated, "no Parquet file that can be read: %v", err)
	}
	p := &parquetReader{Reader: r, root: columnTree(file.Root(), 0, 0), rows: file.NumRows(), size: size, feed: f}
	for _, group := range file.RowGroups() {
		if err := p.group(group); err != nil {
			return err
		}
	}
	f.Count(size - p.counted)
	return nil
}

// checkFooter holds the length that a file gives for its footer against the
// file's own: parquet-go would allocate up to 4 GiB for it.
func checkFooter(f io.ReaderAt, size int64) error {
	const lengthAndMagic = 8
	if size < lengthAndMagic {
		return fmt.Errorf("a file of %d bytes", size)
	}
	var end [lengthAndMagic]byte
	if _, err := f.ReadAt(end[:], size-lengthAndMagic); err != nil {
		return err
	}
	if length := int64(binary.LittleEndian.Uint32(end[:])); length > size-lengthAndMagic {
		return fmt.Errorf("a footer of %d bytes in a file of %d", length, size)
	}
	return nil
}

// guarded turns a panic of parquet-go, which checks less than a reader of
// strangers' files needs, into an error.
func guarded(f func() error) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("damaged: %v", broken)
		}
	}()
	return f()
}

type parquetReader struct {
	*Reader
	root    *column
	rows    int64
	size    int64
	counted int64 // bytes of the file counted as read
	feed    *Feed
	columns [][]parquet.Value // of one row, by leaf
	raw     []byte
}

// group yields the rows of one row group. What is damaged costs the rest of
// it; the next one is read on.
func (p *parquetReader) group(group parquet.RowGroup) error {
	rows := group.Rows()
	defer rows.Close()
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
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return p.Reject(p.yielded+1, format.Truncated, "the rest of the row group is lost: %v", err)
		}
	}
}

// assemble prints a row into p.raw.
func (p *parquetReader) assemble(row parquet.Row) {
	p.columns = p.columns[:0]
	row.Range(func(_ int, values []parquet.Value) bool {
		p.columns = append(p.columns, values)
		return true
	})
	p.raw, _ = p.root.instance(p.raw[:0], p.columns)
}

func (p *parquetReader) row() error {
	p.advance()
	if int64(len(p.raw)) > p.max {
		return p.tooLarge(p.yielded + 1)
	}
	return p.record(p.yielded+1, p.raw)
}

// advance counts a row's share of the file: which bytes a row took nobody
// can say, for columns lie apart.
func (p *parquetReader) advance() {
	share := int64(float64(p.size) * float64(p.yielded+1) / float64(p.rows))
	p.feed.Count(share - p.counted)
	p.counted = share
}
