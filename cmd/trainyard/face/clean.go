package face

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// obeyed tells what a terminal obeys instead of showing it: the control
// characters of ASCII and Latin-1 but for newline and tab, and the marks that
// turn the direction of text.
func obeyed(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case r < ' ', 0x7f <= r && r < 0xa0, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
		return true
	}
	return false
}

// Clean returns text with everything that a terminal would obey written out:
// \x1b, \u009b, and \xff for a byte that is not UTF-8. Newlines and tabs stay.
// What JSON lets stand inside a string is written as JSON escapes it, so that
// clean JSON has the same value.
func Clean(text string) string { return clean(text, obeyed) }

// OneLine is [Clean] for names, ids and cells of tables: newlines and tabs are
// written out as well.
func OneLine(text string) string {
	return clean(text, func(r rune) bool { return r == '\n' || r == '\t' || obeyed(r) })
}

func clean(text string, bad func(rune) bool) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, bad) {
		return text
	}
	var b strings.Builder
	for rest := text; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, rest[0])
		case bad(r):
			b.WriteString(spelled(r))
		default:
			b.WriteString(rest[:size])
		}
		rest = rest[size:]
	}
	return b.String()
}

func spelled(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	if r < ' ' {
		return fmt.Sprintf(`\x%02x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
