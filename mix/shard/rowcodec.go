package shard

import "encoding/binary"

// A row is compressed once, where it is read: in every column of lists it is
// a data page of its own, ready for the shard that will take it. Writing a
// shard is then copying.

// A RowCodec makes what the spool keeps of a row, cell by cell in the order of
// the schema's columns. It is one worker's, for its buffers.
type RowCodec struct {
	pager
	schema *Schema
	column int    // of the cell that comes next
	Row    []byte // packed so far
	plain  []byte // the values of the cell at hand, encoded
	cell   []byte
	ones   []int32
	tags   []int32
}

// NewRowCodec makes a codec of the rows of one output, for one goroutine.
func NewRowCodec(s *Schema) *RowCodec { return &RowCodec{pager: newPager(), schema: s} }

// Begin starts another row in the memory of the last.
func (p *RowCodec) Begin() { p.Row, p.column = p.Row[:0], 0 }

// list ends the cell of a list of n values, n > 0, which p.plain holds in the
// column's encoding.
func (p *RowCodec) list(n int) {
	var uncompressed int
	encoding := p.schema.columns[p.column].encoding
	p.cell, uncompressed = p.page(p.cell[:0], pageHeader{n, 1, encoding, listLevels(n)}, p.plain)
	p.add(n, uncompressed, p.cell)
}

// frames ends the cell of a list of n numbers that are compressed already.
func (p *RowCodec) frames(n int, data []byte) {
	var uncompressed int
	encoding := p.schema.columns[p.column].encoding
	p.cell, uncompressed = pageOf(p.cell[:0], pageHeader{n, 1, encoding, listLevels(n)}, data, 4*n)
	p.add(n, uncompressed, p.cell)
}

func (p *RowCodec) text(s string) {
	p.plain = appendText(p.plain[:0], s)
	p.add(1, len(p.plain), p.plain)
}

func (p *RowCodec) number(n int32) {
	p.plain = binary.LittleEndian.AppendUint32(p.plain[:0], uint32(n))
	p.add(1, len(p.plain), p.plain)
}

// add appends a cell: how many values, how long before compression, and
// their page, or outside lists the values alone.
func (p *RowCodec) add(values, uncompressed int, data []byte) {
	for _, n := range [...]int{values, uncompressed, len(data)} {
		p.Row = binary.AppendUvarint(p.Row, uint64(n))
	}
	p.Row = append(p.Row, data...)
	p.column++
}

// appendText appends a text in the encoding PLAIN.
func appendText(dst []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint32(dst, uint32(len(s))), s...)
}

// WithText is a packed row with another text in a column outside lists, or the
// row itself where its schema has no such column.
func (s *Schema) WithText(packed []byte, column, text string) []byte {
	r, out := unpacker{packed}, RowCodec{}
	for _, c := range s.columns {
		values, uncompressed, data := r.next()
		if len(c.path) == 1 && c.path[0] == column && !c.list {
			out.text(text)
			continue
		}
		out.add(int(values), int(uncompressed), data)
	}
	return out.Row
}

// Nth is one of several packed rows that stand one behind the other.
func (s *Schema) Nth(packed []byte, n int) []byte {
	for r := (unpacker{packed}); ; n-- {
		from := len(packed) - len(r.rest)
		for range s.columns {
			r.next()
		}
		if to := len(packed) - len(r.rest); n == 0 {
			return packed[from:to]
		}
	}
}

// An unpacker reads the cells that a packer of this process has added.
type unpacker struct{ rest []byte }

// next hands out the next cell; data is a part of the row, not a copy.
func (r *unpacker) next() (values, uncompressed int64, data []byte) {
	values, uncompressed = r.number(), r.number()
	n := r.number()
	data, r.rest = r.rest[:n], r.rest[n:]
	return values, uncompressed, data
}

func (r *unpacker) number() int64 {
	x, n := binary.Uvarint(r.rest)
	r.rest = r.rest[n:]
	return int64(x)
}
