package format

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text locates a JSON string: i stands on the opening quote.
func (ix *index) text(i int) (int, error) {
	end, plain, err := endOfText(ix.src, i+1)
	if err != nil {
		return i, err
	}
	ix.leaf(i, end, kindText, plain)
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
	for {
		for i+8 <= len(src) {
			w := binary.LittleEndian.Uint64(src[i:])
			quote, slash := w^(ones*'"'), w^(ones*'\\')
			stop := ((quote - ones) &^ quote) | ((slash - ones) &^ slash) | ((w - ones*0x20) &^ w)
			if w&highs != 0 {
				plain = false
			}
			if stop &= highs; stop != 0 {
				i += bits.TrailingZeros64(stop) / 8
				break
			}
			i += 8
		}
		if i >= len(src) {
			return i, false, &syntaxError{i, "the text ends inside a string"}
		}
		switch c := src[i]; {
		case c == '"':
			return i + 1, plain, nil
		case c == '\\':
			plain = false
			if i+1 < len(src) && shortEscape[src[i+1]] {
				i += 2
			} else if i, err = longEscape(src, i); err != nil {
				return i, false, err
			}
		case c < 0x20:
			return i, false, &syntaxError{i, "a raw control character in a string"}
		default:
			plain = plain && c < utf8.RuneSelf
			i++
		}
	}
}

// shortEscape holds what may follow a backslash alone.
var shortEscape = [256]bool{'"': true, '\\': true, '/': true, 'b': true, 'f': true, 'n': true, 'r': true, 't': true}

// longEscape checks a \uXXXX and returns the offset after it.
func longEscape(src []byte, i int) (int, error) {
	switch {
	case i+1 == len(src), src[i+1] == 'u' && i+6 > len(src):
		return i, &syntaxError{len(src), "the text ends inside a string"}
	case src[i+1] == 'u':
		if _, ok := hex4(src[i+2 : i+6]); ok {
			return i + 6, nil
		}
	}
	return i, &syntaxError{i, "an unknown escape in a string"}
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

// unescape decodes the inside of a checked JSON string. Invalid UTF-8 and
// lone surrogates become U+FFFD.
func unescape(raw []byte) string {
	var b strings.Builder
	b.Grow(len(raw))
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			b.Write(raw)
			return validText(b.String())
		}
		b.Write(raw[:i])
		raw = raw[i:]
		raw = raw[unescapeOne(&b, raw):]
	}
}

// unescapeOne writes what the escape at the start of raw stands for and
// returns how many bytes it took.
func unescapeOne(b *strings.Builder, raw []byte) int {
	switch c := raw[1]; c {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'u':
		return unescapeRune(b, raw)
	default:
		b.WriteByte(c)
	}
	return 2
}

func unescapeRune(b *strings.Builder, raw []byte) int {
	r, _ := hex4(raw[2:6])
	if utf16.IsSurrogate(r) {
		if len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
			low, _ := hex4(raw[8:12])
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				b.WriteRune(pair)
				return 12
			}
		}
		r = utf8.RuneError
	}
	b.WriteRune(r)
	return 6
}

// validText replaces what is not UTF-8 by U+FFFD, one for each maximal part
// of a broken sequence, as Python's errors="replace" does. (Go's own
// conversions write one per byte or one per run.)
func validText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			size = brokenPrefix(s)
		}
		b.WriteRune(r)
		s = s[size:]
	}
	return b.String()
}

// brokenPrefix returns how many bytes at the start of s could have begun one
// character (at least one): Unicode's maximal subpart of an ill-formed sequence.
func brokenPrefix(s string) int {
	low, high, want := byte(0x80), byte(0xBF), 0
	switch c := s[0]; {
	case c >= 0xC2 && c <= 0xDF:
		want = 1
	case c >= 0xE0 && c <= 0xEF:
		want = 2
		if c == 0xE0 {
			low = 0xA0
		} else if c == 0xED {
			high = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		want = 3
		if c == 0xF0 {
			low = 0x90
		} else if c == 0xF4 {
			high = 0x8F
		}
	}
	n := 1
	for ; n <= want && n < len(s) && s[n] >= low && s[n] <= high; n++ {
		low, high = 0x80, 0xBF
	}
	return n
}

// quoteJSON appends s as a JSON string the way Python prints it with
// ensure_ascii off: only quotes, backslashes and control characters escaped.
func quoteJSON(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = append(dst, jsonEscape(c)...)
		start = i + 1
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func jsonEscape(c byte) string {
	switch c {
	case '"':
		return `\"`
	case '\\':
		return `\\`
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	case '\b':
		return `\b`
	case '\f':
		return `\f`
	}
	return `\u00` + strconv.FormatUint(uint64(c)+0x100, 16)[1:]
}
