package shard

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	pq "github.com/parquet-go/parquet-go/format"

	"trainyard/format/container"
)

// A Schema is what the files of one kind of rows have in common.
type Schema struct {
	columns []column
	footer  pq.FileMetaData // of a file without rows
}

type column struct {
	path     []string
	kind     pq.Type
	encoding pq.Encoding
	list     bool
}

// schemaOf is the schema that parquet-go gives a struct, read from the empty
// file it writes.
func schemaOf[T any]() *Schema {
	var file bytes.Buffer
	w := parquet.NewGenericWriter[T](&file, parquet.CreatedBy("trainyard", "2", ""))
	if err := w.Close(); err != nil {
		panic("shard: " + err.Error())
	}
	f, err := parquet.OpenFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		panic("shard: " + err.Error())
	}
	s := &Schema{footer: *f.Metadata()}
	fields := parquet.SchemaOf(new(T))
	for _, path := range fields.Columns() {
		leaf, _ := fields.Lookup(path...)
		c := column{path: path, kind: pq.Type(leaf.Node.Type().Kind()), list: leaf.MaxRepetitionLevel > 0}
		if e := leaf.Node.Encoding(); e != nil {
			c.encoding = e.Encoding()
		}
		s.columns = append(s.columns, c)
	}
	return s
}

// Names are those of the columns of a schema's rows; a list is one column.
func (s *Schema) Names() (names []string) {
	for _, c := range s.columns {
		if !slices.Contains(names, c.path[0]) {
			names = append(names, c.path[0])
		}
	}
	return names
}

// A Writer writes packed rows as a Parquet file. parquet-go's own writer
// takes values instead of pages, and keeps levels and their histogram for
// each value of a list: for 175 million tokens twice the time of compressing
// them.
type Writer struct {
	to     io.Writer
	offset int64
	schema *Schema
	footer pq.FileMetaData
	pager  pager
	page   []byte
	chunks []chunk // of the row group at hand
	rows   int
}

// A chunk is one column of a row group: pages, or outside lists the values
// that one page will hold.
type chunk struct {
	data         []byte
	values       int64
	uncompressed int64
}

const parquetMagic = "PAR1"

// NewWriter begins a shard of the rows of a schema in to, which stays open. The
// file is one only after the footer, which Close writes.
func NewWriter(to io.Writer, s *Schema) (*Writer, error) {
	f := &Writer{to: to, schema: s, footer: s.footer, pager: newPager(), chunks: make([]chunk, len(s.columns))}
	return f, f.put([]byte(parquetMagic))
}

func (f *Writer) put(data []byte) error {
	n, err := f.to.Write(data)
	f.offset += int64(n)
	return err
}

// Write adds a packed row, of which nothing is kept, and ends the row group
// when it is full.
func (f *Writer) Write(packed []byte) error {
	r := unpacker{packed}
	size := int64(0)
	for i := range f.chunks {
		c := &f.chunks[i]
		values, uncompressed, data := r.next()
		c.values += values
		c.uncompressed += uncompressed
		c.data = append(c.data, data...)
		size += c.uncompressed
	}
	f.rows++
	if f.rows == groupRows || size >= groupBytes {
		return f.flush()
	}
	return nil
}

// flush ends the row group.
func (f *Writer) flush() error {
	if f.rows == 0 {
		return nil
	}
	group := pq.RowGroup{NumRows: int64(f.rows), FileOffset: f.offset, Ordinal: int16(len(f.footer.RowGroups))}
	for i := range f.chunks {
		meta, err := f.flushChunk(&f.schema.columns[i], &f.chunks[i])
		if err != nil {
			return err
		}
		group.TotalByteSize += meta.TotalUncompressedSize
		group.TotalCompressedSize += meta.TotalCompressedSize
		group.Columns = append(group.Columns, pq.ColumnChunk{MetaData: meta})
	}
	f.footer.RowGroups = append(f.footer.RowGroups, group)
	f.footer.NumRows += group.NumRows
	f.rows = 0
	return nil
}

func (f *Writer) flushChunk(of *column, c *chunk) (pq.ColumnMetaData, error) {
	if !of.list {
		page, uncompressed := f.pager.page(f.page[:0], pageHeader{values: int(c.values), rows: f.rows, encoding: of.encoding}, c.data)
		f.page, c.data = c.data, page // each keeps its memory for the next group
		c.uncompressed = int64(uncompressed)
	}
	meta := pq.ColumnMetaData{
		Type: of.kind, PathInSchema: of.path, Codec: pq.Zstd, NumValues: c.values,
		Encoding:              thrift.Slice[pq.Encoding]{of.encoding, pq.RLE},
		TotalUncompressedSize: c.uncompressed, TotalCompressedSize: int64(len(c.data)),
		DataPageOffset: f.offset,
	}
	err := f.put(c.data)
	*c = chunk{data: c.data[:0]}
	return meta, err
}

// Close ends the file with its footer. What is below stays open.
func (f *Writer) Close() error {
	if err := f.flush(); err != nil {
		return err
	}
	footer := container.Seal(func(seal string) []byte {
		f.footer.KeyValueMetadata = []pq.KeyValue{{Key: container.SealKey, Value: seal}}
		return appendThrift(nil, &f.footer)
	})
	footer = binary.LittleEndian.AppendUint32(footer, uint32(len(footer)))
	return f.put(append(footer, parquetMagic...))
}
