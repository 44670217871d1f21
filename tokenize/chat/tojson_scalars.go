package chat

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

func appendScalar(dst, raw []byte) []byte {
	if raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return append(dst, raw...) // true, false, null
	}
	if !bytes.ContainsAny(raw, ".eE") {
		if string(raw) == "-0" {
			raw = raw[1:]
		}
		return append(dst, raw...)
	}
	// Out of range is ±Inf, which is what Python's float gives too.
	f, _ := strconv.ParseFloat(string(raw), 64)
	return appendFloat(dst, f)
}

func appendString(dst, raw []byte) []byte {
	dst = append(dst, '"')
	raw = raw[1 : len(raw)-1]
	for len(raw) > 0 {
		n := bytes.IndexByte(raw, '\\')
		if n < 0 {
			return append(append(dst, raw...), '"')
		}
		dst = append(dst, raw[:n]...)
		var r rune
		r, raw = unescape(raw[n:])
		dst = appendEscaped(dst, r)
	}
	return append(dst, '"')
}

// appendStringContent prints what a string literal says.
func appendStringContent(dst, raw []byte) []byte {
	raw, _ = cutString(raw)
	raw = raw[1 : len(raw)-1]
	for len(raw) > 0 {
		n := bytes.IndexByte(raw, '\\')
		if n < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:n]...)
		var r rune
		r, raw = unescape(raw[n:])
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// appendFloat prints f as Python's repr does: the shortest digits that read
// back as f, with an exponent below 1e-4 and from 1e16 on.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	if size := math.Abs(f); size != 0 && (size < 1e-4 || size >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// unescape reads the escape that raw begins with.
func unescape(raw []byte) (rune, []byte) {
	switch raw[1] {
	case 'n':
		return '\n', raw[2:]
	case 'r':
		return '\r', raw[2:]
	case 't':
		return '\t', raw[2:]
	case 'b':
		return '\b', raw[2:]
	case 'f':
		return '\f', raw[2:]
	case 'u':
		return unescapeUnicode(raw)
	}
	return rune(raw[1]), raw[2:] // \" \\ \/
}

func unescapeUnicode(raw []byte) (rune, []byte) {
	r, raw := hex4(raw[2:6]), raw[6:]
	if !utf16.IsSurrogate(r) {
		return r, raw
	}
	if len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(raw[2:6])); pair != utf8.RuneError {
			return pair, raw[6:]
		}
	}
	return utf8.RuneError, raw
}

// hex4 reads the four hexadecimal digits of an escape.
func hex4(digits []byte) rune {
	var r rune
	for _, c := range digits {
		switch {
		case c >= 'a':
			c -= 'a' - 10
		case c >= 'A':
			c -= 'A' - 10
		default:
			c -= '0'
		}
		r = r<<4 | rune(c)
	}
	return r
}

// appendEscaped prints a character that stood escaped in the input.
func appendEscaped(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	}
	if r < ' ' {
		return append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
	}
	return utf8.AppendRune(dst, r)
}
