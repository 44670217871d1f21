package format

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

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
