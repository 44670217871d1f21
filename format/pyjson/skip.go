package pyjson

import (
	"encoding/binary"
	"math/bits"
)

// A Skipper finds the end of one JSON value by its brackets and quotes
// alone. It runs over pieces of a stream, at several times an index's speed.
type Skipper struct {
	depth   int
	inText  bool
	escaped bool // the last piece ended on a backslash
	Scalar  bool // the value is a number or a word: it ends where it ends
}

// Skip passes over piece and says how far the value reaches in it. The first
// piece starts on the value's first byte. A number or a word is only done
// when something follows it.
func (s *Skipper) Skip(piece []byte) (n int, done bool) {
	for n < len(piece) {
		if s.inText {
			n = s.text(piece, n)
			if s.depth == 0 && !s.inText {
				return n, true
			}
			continue
		}
		switch c := piece[n]; c {
		case '"':
			if s.Scalar {
				return n, true
			}
			s.inText = true
		case '{', '[':
			if s.Scalar {
				return n, true
			}
			s.depth++
		case '}', ']':
			if s.Scalar || s.depth == 0 {
				return n, true
			}
			if s.depth--; s.depth == 0 {
				return n + 1, true
			}
		case ',', ':', ' ', '\n', '\r', '\t':
			if s.depth == 0 {
				return n, true
			}
		default:
			s.Scalar = s.depth == 0
		}
		n++
	}
	return n, false
}

// text passes over a string's inside from i, quote included.
func (s *Skipper) text(piece []byte, i int) int {
	if s.escaped {
		s.escaped = false
		i++
	}
	for i < len(piece) {
		i = quoteOrSlash(piece, i)
		switch {
		case i == len(piece):
			return i
		case piece[i] == '"':
			s.inText = false
			return i + 1
		case i+1 == len(piece):
			s.escaped = true
			return i + 1
		}
		i += 2
	}
	return i
}

// quoteOrSlash returns the offset of the next quote or backslash.
func quoteOrSlash(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		if stop := (((quote - ones) &^ quote) | ((slash - ones) &^ slash)) & highs; stop != 0 {
			return i + bits.TrailingZeros64(stop)/8
		}
	}
	for ; i < len(b); i++ {
		if b[i] == '"' || b[i] == '\\' {
			return i
		}
	}
	return i
}
