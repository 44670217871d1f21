package pyjson

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// What stands for no character in JSON: bytes that are not UTF-8, and a \u
// escape that is half of a surrogate pair without the other half.

// Mended replaces both by U+FFFD in the bytes of a JSON value, as Text does in
// the text of one. A value without them is returned as it is.
func Mended(raw []byte) []byte {
	return withoutBroken(raw, false, []byte("fffd"), []byte("\uFFFD"))
}

// Blanked puts the letter x in their place, in JSON inside of JSON strings too.
// A record and its blanked twin parse alike, so that a U+FFFD which only the
// first one holds stands for what was no character.
func Blanked(raw []byte) []byte {
	return withoutBroken(raw, true, []byte("0078"), []byte("x"))
}

// withoutBroken writes digits over the four of a lone surrogate's escape, and
// other for each maximal part of a broken sequence of bytes.
func withoutBroken(raw []byte, nested bool, digits, other []byte) []byte {
	if utf8.Valid(raw) && !bytes.Contains(raw, []byte(`\ud`)) && !bytes.Contains(raw, []byte(`\uD`)) {
		return raw
	}
	var out []byte
	from := 0
	eachBroken(raw, nested, func(start, end int, escape bool) {
		by := other
		if escape {
			by = digits
		}
		out = append(append(out, raw[from:start]...), by...)
		from = end
	})
	if from == 0 {
		return raw
	}
	return append(out, raw[from:]...)
}

// eachBroken finds them in order: the digits of an escape, or bytes. In nested
// JSON a backslash is written as several, so that any number of them may start
// an escape.
func eachBroken(raw []byte, nested bool, use func(start, end int, escape bool)) {
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '\\':
			i = brokenEscape(raw, i, nested, use)
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRune(raw[i:])
			if r == utf8.RuneError && size == 1 {
				size = brokenPrefix(string(raw[i:min(i+utf8.UTFMax, len(raw))]))
				use(i, i+size, false)
			}
			i += size
		}
	}
}

// brokenEscape passes over a run of backslashes and what they escape.
func brokenEscape(raw []byte, i int, nested bool, use func(start, end int, escape bool)) int {
	n := 0
	for i < len(raw) && raw[i] == '\\' {
		i, n = i+1, n+1
	}
	escapes := n%2 == 1
	half, ok := surrogateAt(raw, i)
	if !ok || !escapes && !nested {
		if escapes {
			i++
		}
		return min(i, len(raw))
	}
	const escape = len("ud83d")
	next := i + escape
	for next < len(raw) && raw[next] == '\\' {
		next++
	}
	if low, ok := surrogateAt(raw, next); ok && next > i+escape && utf16.DecodeRune(half, low) != utf8.RuneError {
		return next + escape
	}
	use(i+1, i+escape, true)
	return i + escape
}

// surrogateAt reads u and four digits of half a pair.
func surrogateAt(raw []byte, i int) (rune, bool) {
	if i+5 > len(raw) || raw[i] != 'u' {
		return 0, false
	}
	r, ok := hex4(raw[i+1 : i+5])
	return r, ok && utf16.IsSurrogate(r)
}
