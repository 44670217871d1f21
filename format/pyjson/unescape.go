package pyjson

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// Unescape decodes the inside of a checked JSON string, a word at a time.
// Invalid UTF-8 and lone surrogates become U+FFFD.
func Unescape(raw []byte) string {
	text := make([]byte, len(raw)+8) // no text is longer than its escape; a word more may be written
	var seen uint64
	i, n := 0, 0 // bytes of raw that are read, and of text that are written
	for i+8 <= len(raw) {
		w := binary.LittleEndian.Uint64(raw[i:])
		seen |= w
		slash := w ^ ones*'\\'
		stop := (slash - ones) &^ slash & highs
		binary.LittleEndian.PutUint64(text[n:], w)
		if stop == 0 {
			i, n = i+8, n+8
			continue
		}
		plain := bits.TrailingZeros64(stop) / 8
		i, n = i+plain, n+plain
		if c := shortEscapes[raw[i+1]]; c != 0 {
			text[n] = c
			i, n = i+2, n+1
			continue
		}
		more, rest := unescapeOne(text[:n], raw[i:])
		i, n = len(raw)-len(rest), len(more)
	}
	text, raw = text[:n], raw[i:]
	for len(raw) > 0 {
		if raw[0] == '\\' {
			text, raw = unescapeOne(text, raw)
			continue
		}
		seen |= uint64(raw[0])
		text, raw = append(text, raw[0]), raw[1:]
	}
	// No other code holds the bytes, and a copy would cost as much as all this.
	s := unsafe.String(unsafe.SliceData(text), len(text))
	if seen&highs == 0 {
		return s
	}
	return ValidText(s)
}

// shortEscapes are what a backslash and one byte stand for.
var shortEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescapeOne appends what the escape at the start of raw stands for and
// returns what follows it.
func unescapeOne(text, raw []byte) (_, rest []byte) {
	if raw[1] == 'u' {
		r, n := unescapeRune(raw)
		return utf8.AppendRune(text, r), raw[n:]
	}
	return append(text, shortEscapes[raw[1]]), raw[2:]
}

// unescapeRune reads a \uXXXX, or two that are the halves of one character,
// and says how many bytes it took.
func unescapeRune(raw []byte) (rune, int) {
	r, _ := hex4(raw[2:6])
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
		low, _ := hex4(raw[8:12])
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

// ValidText replaces what is not UTF-8 by U+FFFD, one for each maximal part
// of a broken sequence, as Python's errors="replace" does. (Go's own
// conversions write one per byte or one per run.)
func ValidText(s string) string {
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
