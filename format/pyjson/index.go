package pyjson

import (
	"bytes"
	"fmt"
	"math"
	"sync"
)

// MaxDepth bounds nesting. Real records stay below 40; Python's own reader
// gives up near 1,000.
const MaxDepth = 1000

// Kind is the JSON type of a value; KindMissing is the zero value's.
type Kind uint8

const (
	KindMissing Kind = iota // no value: a member that is not there
	KindNull
	KindBool
	KindNumber
	KindText
	KindArray
	KindObject
)

func (k Kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

// A node is one value of an index: where it lies in the source and which
// node follows once its descendants are passed over.
type node struct {
	Start, End uint32 // [start, end) in the source, quotes and brackets included
	next       uint32
	Kind       Kind
	plain      bool // text only: ASCII without escapes, so bytes are the value
}

// An index is one pass over a JSON text: every value checked and located,
// none decoded. In an object's children keys and values take turns.
type index struct {
	src   []byte
	Nodes []node
	open  []uint32 // containers not closed yet, outermost first
	words words
}

var indexes = sync.Pool{New: func() any { return new(index) }}

// WithIndex lends an index of src to use and takes it back afterwards; no
// value of it may be kept.
func WithIndex(src []byte, use func(root Value) error) error {
	ix := indexes.Get().(*index)
	defer func() {
		ix.src = nil
		indexes.Put(ix)
	}()
	if err := ix.scan(src); err != nil {
		return err
	}
	return use(Value{ix, 0})
}

// A SyntaxError says where a text stops being JSON.
type SyntaxError struct {
	offset int
	what   string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.what, e.offset) }

// scan indexes src, which must hold exactly one value. It accepts what
// Python's json module reads: JSON, and NaN, Infinity and -Infinity.
func (ix *index) scan(src []byte) error {
	ix.src, ix.Nodes, ix.open = src, ix.Nodes[:0], ix.open[:0]
	if len(src) > math.MaxUint32-1 {
		return &SyntaxError{0, "a record over 4 GiB"}
	}
	i := SkipSpace(src, 0)
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
	if i = SkipSpace(ix.src, i); i < len(ix.src) {
		return &SyntaxError{i, "something follows the value"}
	}
	return nil
}

// value reads a scalar whole, or only the opening bracket of a container.
func (ix *index) value(i int) (int, error) {
	if i >= len(ix.src) {
		return i, &SyntaxError{i, "the text ends where a value should stand"}
	}
	switch c := ix.src[i]; c {
	case '"':
		return ix.text(i)
	case '{', '[':
		if len(ix.open) == MaxDepth {
			return i, &SyntaxError{i, fmt.Sprintf("nesting deeper than %d", MaxDepth)}
		}
		ix.open = append(ix.open, uint32(len(ix.Nodes)))
		k := KindObject
		if c == '[' {
			k = KindArray
		}
		ix.Nodes = append(ix.Nodes, node{Start: uint32(i), Kind: k})
		return i + 1, nil
	case 't':
		return ix.word(i, "true", KindBool)
	case 'f':
		return ix.word(i, "false", KindBool)
	case 'n':
		return ix.word(i, "null", KindNull)
	case 'N':
		return ix.word(i, "NaN", KindNumber)
	case 'I':
		return ix.word(i, "Infinity", KindNumber)
	default:
		return ix.number(i)
	}
}

// between moves from the end of a value, or from just inside a container,
// to the start of the next value, closing what ends on the way.
func (ix *index) between(i int) (int, error) {
	for len(ix.open) > 0 {
		top := ix.open[len(ix.open)-1]
		object := ix.Nodes[top].Kind == KindObject
		first := int(top) == len(ix.Nodes)-1
		i = SkipSpace(ix.src, i)
		switch {
		case i >= len(ix.src):
			return i, &SyntaxError{i, fmt.Sprintf("the text ends inside %s", ix.Nodes[top].Kind)}
		case ix.src[i] == '}' && object, ix.src[i] == ']' && !object:
			i++
			ix.Nodes[top].End, ix.Nodes[top].next = uint32(i), uint32(len(ix.Nodes))
			ix.open = ix.open[:len(ix.open)-1]
			continue
		case first:
		case ix.src[i] == ',':
			i = SkipSpace(ix.src, i+1)
		default:
			return i, &SyntaxError{i, fmt.Sprintf("unexpected %q in %s", ix.src[i], ix.Nodes[top].Kind)}
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
		return i, &SyntaxError{i, "no member name in an object"}
	}
	i, err := ix.text(i)
	if err != nil {
		return i, err
	}
	i = SkipSpace(ix.src, i)
	if i >= len(ix.src) || ix.src[i] != ':' {
		return i, &SyntaxError{i, "no colon after a member name"}
	}
	return SkipSpace(ix.src, i+1), nil
}

func (ix *index) leaf(start, end int, k Kind, plain bool) {
	ix.Nodes = append(ix.Nodes, node{uint32(start), uint32(end), uint32(len(ix.Nodes)) + 1, k, plain})
}

func (ix *index) word(i int, word string, k Kind) (int, error) {
	if !bytes.HasPrefix(ix.src[i:], []byte(word)) {
		return i, &SyntaxError{i, "not a JSON value"}
	}
	ix.leaf(i, i+len(word), k, false)
	return i + len(word), nil
}

func (ix *index) number(start int) (int, error) {
	src, i := ix.src, start
	if src[i] == '-' {
		i++
		if i < len(src) && src[i] == 'I' {
			return ix.word(start, "-Infinity", KindNumber)
		}
	}
	whole := digits(src, i)
	if whole == i || (src[i] == '0' && whole > i+1) {
		return i, &SyntaxError{start, "not a JSON value"}
	}
	i = whole
	if i < len(src) && src[i] == '.' {
		end := digits(src, i+1)
		if end == i+1 {
			return i, &SyntaxError{start, "a number without decimals after its point"}
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
			return i, &SyntaxError{start, "a number without digits in its exponent"}
		}
		i = end
	}
	ix.leaf(start, i, KindNumber, false)
	return i, nil
}

func digits(src []byte, i int) int {
	for i < len(src) && src[i]-'0' < 10 {
		i++
	}
	return i
}

// SkipSpace is the first place from i on that holds none of the four bytes that
// JSON takes for white space.
func SkipSpace(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\n' || src[i] == '\r' || src[i] == '\t') {
		i++
	}
	return i
}
