package container

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	parquetformat "github.com/parquet-go/parquet-go/format"

	"trainyard/format"
)

// parquet-go holds a page whole, decompressed, and a row as a list of values.
// A file of some kilobytes can ask for gigabytes of both, so the headers of the
// pages are read first.
const (
	// Writers end a page at about 1 MiB, but look at its size only once in 1,000
	// rows or so: rows of 1 MB give pages of 1 GB.
	maxPage = 1 << 30
	// A page of one repeated number holds some ten million in its megabyte.
	maxPageValues = 1 << 26
)

// checkPages looks at the page headers of a row group.
func (p *parquetReader) checkPages(i int) error {
	for c := range p.file.Metadata().RowGroups[i].Columns {
		if err := p.checkChunk(&p.file.Metadata().RowGroups[i].Columns[c].MetaData); err != nil {
			return err
		}
	}
	return nil
}

func (p *parquetReader) checkChunk(chunk *parquetformat.ColumnMetaData) error {
	at := chunk.DataPageOffset
	if first := chunk.DictionaryPageOffset; first > 0 && first < at {
		at = first
	}
	end := min(at+chunk.TotalCompressedSize, p.size)
	for values := int64(0); at < end && values < chunk.NumValues; {
		header, err := readPageHeader(io.NewSectionReader(p.disk, at, p.size-at))
		if err != nil {
			return fmt.Errorf("%w: a page header: %w", errDamaged, err)
		}
		if err := p.checkPage(header.uncompressed, header.entries); err != nil {
			return err
		}
		values += header.values
		at += header.length + header.size
	}
	return nil
}

func (p *parquetReader) checkPage(size, values int64) error {
	switch {
	case values == 1 && size > p.max+maxLevels:
		return format.Rejectf(format.TooLarge, "a value of %d bytes, more than %d", size, p.max)
	case size > maxPage:
		return format.Rejectf(format.TooLarge, "a page of %d bytes, more than %d", size, maxPage)
	case values > maxPageValues:
		return format.Rejectf(format.TooLarge, "a page of %d values, more than %d", values, maxPageValues)
	}
	return nil
}

// maxLevels is more than a page's levels and lengths take beside one value.
const maxLevels = 4 << 10

// printedLength is about how long a value is as JSON, and exact where control
// characters make it much longer than it is.
func printedLength(v *parquet.Value) int64 {
	if kind := v.Kind(); kind != parquet.ByteArray && kind != parquet.FixedLenByteArray {
		return 1
	}
	text := v.ByteArray()
	length := int64(len(text))
	const long = 1 << 20
	if length > long {
		for _, c := range text {
			if c < ' ' && c != '\n' && c != '\t' && c != '\r' {
				length += int64(len(`\u0000`)) - 1
			}
		}
	}
	return length
}
