package format

import (
	"bytes"
	"fmt"
	"math"
	"sync"
)

// maxDepth bounds nesting. Real records stay below 40; Python's own reader
// gives up near 1,000.
const maxDepth = 1000

// kind is the JSON type of a value; kindMissing is the zero value's.
type kind uint8

const (
	kindMissing kind = iota
	kindNull
	kindBool
	kindNumber
	kindText
	kindArray
	kindObject
)

func (k kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

// A node is one value of an index: where it lies in the source and which
// node follows once its descendants are passed over.
type node struct {
	start, end uint32 // [start, end) in the source, quotes and brackets included
	next       uint32
	kind       kind
	plain      bool // text only: ASCII without escapes, so bytes are the value
}

// An index is one pass over a JSON text: every value checked and located,
// none decoded. In an object's children keys and values take turns.
type index struct {
	src   []byte
	nodes []node
	open  []uint32 // containers not closed yet, outermost first
}

var indexes = sync.Pool{New: func() any { return new(index) }}

// withIndex lends an index of src to use and takes it back afterwards; no
// value of it may be kept.
func withIndex(src []byte, use func(root value) error) error {
	ix := indexes.Get().(*index)
	defer func() {
		ix.src = nil
		indexes.Put(ix)
	}()
	if err := ix.scan(src); err != nil {
		return err
	}
	return use(value{ix, 0})
}

// A syntaxError says where a text stops being JSON.
type syntaxError struct {
	offset int
	what   string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.what, e.offset) }

// scan indexes src, which must hold exactly one value. It accepts what
// Python's json module reads: JSON, and NaN, Infinity and -Infinity.
func (ix *index) scan(src []byte) error {
	ix.src, ix.nodes, ix.open = src, ix.nodes[:0], ix.open[:0]
	if len(src) > math.MaxUint32-1 {
		return &syntaxError{0, "a record over 4 GiB"}
	}
	i := skipSpace(src, 0)
	for {
		next, err := ix.value(i)
		if err != nil {
			return err
		}
		i, err = ix.between(next)
		if err != nil {
			return err
		}
		if len(ix.open) == 0 {
			return ix.finish(i)
		}
	}
}

func (ix *index) finish(i int) error {
	if i = skipSpace(ix.src, i); i < len(ix.src) {
		return &syntaxError{i, "something follows the value"}
	}
	return nil
}

// value reads a scalar whole, or only the opening bracket of a container.
func (ix *index) value(i int) (int, error) {
	if i >= len(ix.src) {
		return i, &syntaxError{i, "the text ends where a value should stand"}
	}
	switch c := ix.src[i]; c {
	case '"':
		return ix.text(i)
	case '{', '[':
		if len(ix.open) == maxDepth {
			return i, &syntaxError{i, fmt.Sprintf("nesting deeper than %d", maxDepth)}
		}
		ix.open = append(ix.open, uint32(len(ix.nodes)))
		k := kindObject
		if c == '[' {
			k = kindArray
		}
		ix.nodes = append(ix.nodes, node{start: uint32(i), kind: k})
		return i + 1, nil
	case 't':
		return ix.word(i, "true", kindBool)
	case 'f':
		return ix.word(i, "false", kindBool)
	case 'n':
		return ix.word(i, "null", kindNull)
	case 'N':
		return ix.word(i, "NaN", kindNumber)
	case 'I':
		return ix.word(i, "Infinity", kindNumber)
	default:
		return ix.number(i)
	}
}

// between moves from the end of a value, or from just inside a container,
// to the start of the next value, closing what ends on the way.
func (ix *index) between(i int) (int, error) {
	for len(ix.open) > 0 {
		top := ix.open[len(ix.open)-1]
		object := ix.nodes[top].kind == kindObject
		first := int(top) == len(ix.nodes)-1
		i = skipSpace(ix.src, i)
		switch {
		case i >= len(ix.src):
			return i, &syntaxError{i, fmt.Sprintf("the text ends inside %s", ix.nodes[top].kind)}
		case ix.src[i] == '}' && object, ix.src[i] == ']' && !object:
			i++
			ix.nodes[top].end, ix.nodes[top].next = uint32(i), uint32(len(ix.nodes))
			ix.open = ix.open[:len(ix.open)-1]
			continue
		case first:
		case ix.src[i] == ',':
			i = skipSpace(ix.src, i+1)
		default:
			return i, &syntaxError{i, fmt.Sprintf("unexpected %q in %s", ix.src[i], ix.nodes[top].kind)}
		}
		if !object {
			return i, nil
		}
		return ix.key(i)
	}
	return i, nil
}

// key reads a member's name and colon.
func (ix *index) key(i int) (int, error) {
	if i >= len(ix.src) || ix.src[i] != '"' {
		return i, &syntaxError{i, "no member name in an object"}
	}
	i, err := ix.text(i)
	if err != nil {
		return i, err
	}
	i = skipSpace(ix.src, i)
	if i >= len(ix.src) || ix.src[i] != ':' {
		return i, &syntaxError{i, "no colon after a member name"}
	}
	return skipSpace(ix.src, i+1), nil
}

func (ix *index) leaf(start, end int, k kind, plain bool) {
	ix.nodes = append(ix.nodes, node{uint32(start), uint32(end), uint32(len(ix.nodes)) + 1, k, plain})
}

func (ix *index) word(i int, word string, k kind) (int, error) {
	if !bytes.HasPrefix(ix.src[i:], []byte(word)) {
		return i, &syntaxError{i, "not a JSON value"}
	}
	ix.leaf(i, i+len(word), k, false)
	return i + len(word), nil
}

func (ix *index) number(start int) (int, error) {
	src, i := ix.src, start
	if src[i] == '-' {
		i++
		if i < len(src) && src[i] == 'I' {
			return ix.word(start, "-Infinity", kindNumber)
		}
	}
	whole := digits(src, i)
	if whole == i || (src[i] == '0' && whole > i+1) {
		return i, &syntaxError{start, "not a JSON value"}
	}
	i = whole
	if i < len(src) && src[i] == '.' {
		end := digits(src, i+1)
		if end == i+1 {
			return i, &syntaxError{start, "a number without decimals after its point"}
		}
		i = end
	}
	if i < len(src) && (src[i] == 'e' || src[i] == 'E') {
		i++
		if i < len(src) && (src[i] == '+' || src[i] == '-') {
			i++
		}
		end := digits(src, i)
		if end == i {
			return i, &syntaxError{start, "a number without digits in its exponent"}
		}
		i = end
	}
	ix.leaf(start, i, kindNumber, false)
	return i, nil
}

func digits(src []byte, i int) int {
	for i < len(src) && src[i]-'0' < 10 {
		i++
	}
	return i
}

func skipSpace(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\n' || src[i] == '\r' || src[i] == '\t') {
		i++
	}
	return i
}
