package container

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"trainyard/format/pyjson"
)

// A column is one node of the schema, with what assembling needs to know.
type column struct {
	name     string
	shape    shape
	unsigned bool
	json     bool // its texts are JSON
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
		n.unsigned, n.json = isUnsigned(c), isJSON(c)
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

// isJSON reads the logical type, which Arrow and DuckDB write.
func isJSON(c *parquet.Column) bool {
	t := c.Type().LogicalType()
	return t != nil && t.String() == "JSON"
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
		dst = append(pyjson.QuoteJSON(dst, child.name), ':')
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
		dst = append(appendKey(dst, columns[0][0]), ':')
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
		return n.text(dst, v.ByteArray())
	}
	return pyjson.QuoteJSON(dst, v.String())
}

// text appends a text as it is, bytes that are not UTF-8 included: what reads
// them replaces and counts them. What a column of JSON holds is put in its place.
func (n *column) text(dst, text []byte) []byte {
	if n.json && pyjson.WithIndex(text, func(pyjson.Value) error { return nil }) == nil {
		return append(dst, bytes.TrimSpace(text)...)
	}
	return pyjson.QuoteJSON(dst, string(text))
}

// appendKey appends a map's key, which is a string in JSON whatever it is.
func appendKey(dst []byte, v parquet.Value) []byte {
	if kind := v.Kind(); kind == parquet.ByteArray || kind == parquet.FixedLenByteArray {
		return pyjson.QuoteJSON(dst, string(v.ByteArray()))
	}
	return pyjson.QuoteJSON(dst, v.String())
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
