package pyjson

import (
	"fmt"
	"strconv"
	"unicode/utf16"
)

// QuoteJSON appends s as a JSON string the way Python prints it with
// ensure_ascii off: only quotes, backslashes and control characters escaped.
func QuoteJSON(dst []byte, s string) []byte {
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

// quoteASCII appends s as json.dumps prints it by itself: everything outside
// printable ASCII escaped, in two halves above the basic plane.
func quoteASCII(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r < 0x20 || r == '"' || r == '\\':
			dst = append(dst, jsonEscape(byte(r))...)
		case r < 0x7f:
			dst = append(dst, byte(r))
		case r < 0x10000:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
		}
	}
	return append(dst, '"')
}
