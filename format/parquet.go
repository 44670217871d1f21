package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// readParquet yields the rows of a Parquet file as JSON objects: nested
// structs become objects in column order, absent members are left out (a
// struct column pads every row with the members of all), strings stay
// strings even where they hold JSON.
func (s *Source) readParquet(r *reader, f *os.File, size int64) error {
	var file *parquet.File
	err := guarded(func() (err error) {
		file, err = parquet.OpenFile(f, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
		return err
	})
	if err != nil {
		return r.reject(1, Truncated, "no Parquet file that can be read: %v", err)
	}
	p := &parquetReader{reader: r, root: columnTree(file.Root(), 0, 0), rows: file.NumRows(), size: size, source: s}
	for _, group := range file.RowGroups() {
		if err := p.group(group); err != nil {
			return err
		}
	}
	s.read.Add(size - p.counted)
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
	*reader
	root    *column
	rows    int64
	size    int64
	counted int64 // bytes of the file counted as read
	source  *Source
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
			return p.reject(p.yielded+1, Truncated, "the rest of the row group is lost: %v", err)
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
	p.source.read.Add(share - p.counted)
	p.counted = share
}

// A column is one node of the schema, with what assembling needs to know.
type column struct {
	name     string
	shape    shape
	unsigned bool
	optional bool
	repeated bool
	rep, def int // the levels at which this node is present
	leaf     int // the first leaf column below it
	leaves   int // how many there are
	children []*column
}

type shape int

const (
	scalarShape shape = iota
	structShape
	listShape // one repeated child, whose instances are the elements
	mapShape  // one repeated child with a key and a value
)

func columnTree(c *parquet.Column, rep, def int) *column {
	n := &column{name: c.Name(), optional: c.Optional(), repeated: c.Repeated()}
	if n.repeated {
		rep++
	}
	if n.optional || n.repeated {
		def++
	}
	n.rep, n.def = rep, def
	if c.Leaf() {
		n.leaf, n.leaves = c.Index(), 1
		n.unsigned = isUnsigned(c)
		return n
	}
	n.shape = structShape
	for _, child := range c.Columns() {
		n.children = append(n.children, columnTree(child, rep, def))
		n.leaves += n.children[len(n.children)-1].leaves
	}
	if len(n.children) > 0 {
		n.leaf = n.children[0].leaf
	}
	if len(n.children) == 1 && n.children[0].repeated && !n.repeated {
		n.shape = wrapper(n.children[0])
	}
	return n
}

// wrapper tells the lists and maps of the Parquet specification from a
// struct that happens to have one repeated member.
func wrapper(child *column) shape {
	switch child.name {
	case "list", "bag", "array", "element":
		return listShape
	case "key_value", "map", "entries":
		if len(child.children) == 2 {
			return mapShape
		}
	}
	return structShape
}

// isUnsigned reads the logical type INT(bits,signed).
func isUnsigned(c *parquet.Column) bool {
	t := c.Type().LogicalType()
	return t != nil && strings.HasPrefix(t.String(), "INT(") && strings.HasSuffix(t.String(), ",false)")
}

// instance appends the value that columns, one slice per leaf below the
// node, hold for one instance of it; ok is false where it is absent.
func (n *column) instance(dst []byte, columns [][]parquet.Value) (_ []byte, ok bool) {
	if n.leaves == 0 || len(columns) == 0 || len(columns[0]) == 0 || columns[0][0].DefinitionLevel() < n.def {
		return dst, false
	}
	switch n.shape {
	case listShape:
		return n.children[0].list(dst, columns, n.children[0].element()), true
	case mapShape:
		return n.children[0].entries(dst, columns), true
	case structShape:
		return n.members(dst, columns), true
	}
	return n.scalar(dst, columns[0][0]), true
}

func (n *column) members(dst []byte, columns [][]parquet.Value) []byte {
	dst = append(dst, '{')
	first := true
	for _, child := range n.children {
		mine := columns[child.leaf-n.leaf:][:child.leaves]
		before := len(dst)
		if !first {
			dst = append(dst, ',')
		}
		dst = append(quoteJSON(dst, child.name), ':')
		var ok bool
		if child.repeated {
			dst, ok = child.list(dst, mine, child), true
		} else {
			dst, ok = child.instance(dst, mine)
		}
		if !ok {
			dst = dst[:before]
			continue
		}
		first = false
	}
	return append(dst, '}')
}

// element is what a list's repeated child holds: the third level of the
// specification's lists, or the child itself in those of older writers.
func (n *column) element() *column {
	if n.shape == structShape && len(n.children) == 1 {
		return n.children[0]
	}
	return n
}

// list appends the instances of a repeated node.
func (n *column) list(dst []byte, columns [][]parquet.Value, element *column) []byte {
	dst = append(dst, '[')
	first := true
	n.each(columns, func(columns [][]parquet.Value) {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		var ok bool
		if dst, ok = element.instance(dst, columns); !ok {
			dst = append(dst, "null"...)
		}
	})
	return append(dst, ']')
}

func (n *column) entries(dst []byte, columns [][]parquet.Value) []byte {
	key, val := n.children[0], n.children[1]
	dst = append(dst, '{')
	first := true
	n.each(columns, func(columns [][]parquet.Value) {
		before := len(dst)
		if !first {
			dst = append(dst, ',')
		}
		dst = append(quoteJSON(dst, validText(columns[0][0].String())), ':')
		var ok bool
		if dst, ok = val.instance(dst, columns[key.leaves:]); !ok {
			dst = dst[:before]
			return
		}
		first = false
	})
	return append(dst, '}')
}

// each cuts the columns below a repeated node into its instances: a new one
// starts wherever the repetition level comes back to the node's own.
func (n *column) each(columns [][]parquet.Value, use func([][]parquet.Value)) {
	if columns[0][0].DefinitionLevel() < n.def {
		return
	}
	rest := make([][]parquet.Value, len(columns))
	copy(rest, columns)
	one := make([][]parquet.Value, len(columns))
	for len(rest[0]) > 0 {
		for i, values := range rest {
			end := min(1, len(values))
			for end < len(values) && values[end].RepetitionLevel() > n.rep {
				end++
			}
			one[i], rest[i] = values[:end], values[end:]
		}
		use(one)
	}
}

func (n *column) scalar(dst []byte, v parquet.Value) []byte {
	switch v.Kind() {
	case parquet.Boolean:
		return strconv.AppendBool(dst, v.Boolean())
	case parquet.Int32, parquet.Int64:
		if n.unsigned && v.Kind() == parquet.Int32 {
			return strconv.AppendUint(dst, uint64(v.Uint32()), 10)
		}
		if n.unsigned {
			return strconv.AppendUint(dst, v.Uint64(), 10)
		}
		return strconv.AppendInt(dst, v.Int64(), 10)
	case parquet.Float:
		return appendFloat(dst, float64(v.Float()), 32)
	case parquet.Double:
		return appendFloat(dst, v.Double(), 64)
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return quoteJSON(dst, validText(string(v.ByteArray())))
	}
	return quoteJSON(dst, v.String())
}

// appendFloat writes what is not finite as Python does.
func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'g', -1, bits)
	if !bytes.ContainsAny(dst[start:], ".e") {
		dst = append(dst, ".0"...) // a float stays one
	}
	return dst
}
