package pyjson

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// text locates a JSON string: i stands on the opening quote.
func (ix *index) text(i int) (int, error) {
	end, plain, err := endOfText(ix.src, i+1)
	if err != nil {
		return i, err
	}
	ix.leaf(i, end, KindText, plain)
	return end, nil
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// endOfText returns the offset after the closing quote, looking at eight
// bytes at a time: half of a trajectory's bytes pass through this loop only.
func endOfText(src []byte, i int) (end int, plain bool, err error) {
	plain = true
	var seen uint64 // and a word more, which costs nothing but the time to unescape it
	for {
		for i+8 <= len(src) {
			w := binary.LittleEndian.Uint64(src[i:])
			quote, slash := w^(ones*'"'), w^(ones*'\\')
			stop := ((quote - ones) &^ quote) | ((slash - ones) &^ slash) | ((w - ones*0x20) &^ w)
			seen |= w
			if stop &= highs; stop != 0 {
				i += bits.TrailingZeros64(stop) / 8
				break
			}
			i += 8
		}
		if i >= len(src) {
			return i, false, &SyntaxError{i, "the text ends inside a string"}
		}
		switch c := src[i]; {
		case c == '"':
			return i + 1, plain && seen&highs == 0, nil
		case c == '\\':
			plain = false
			if i+1 < len(src) && shortEscapes[src[i+1]] != 0 {
				i += 2
			} else if i, err = longEscape(src, i); err != nil {
				return i, false, err
			}
		case c < 0x20:
			return i, false, &SyntaxError{i, "a raw control character in a string"}
		default:
			plain = plain && c < utf8.RuneSelf
			i++
		}
	}
}

// longEscape checks a \uXXXX and returns the offset after it.
func longEscape(src []byte, i int) (int, error) {
	switch {
	case i+1 == len(src), src[i+1] == 'u' && i+6 > len(src):
		return i, &SyntaxError{len(src), "the text ends inside a string"}
	case src[i+1] == 'u':
		if _, ok := hex4(src[i+2 : i+6]); ok {
			return i + 6, nil
		}
	}
	return i, &SyntaxError{i, "an unknown escape in a string"}
}

func hex4(b []byte) (rune, bool) {
	var r rune
	for _, c := range b[:4] {
		switch {
		case c-'0' < 10:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
