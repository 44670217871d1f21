package redact

import (
	"strings"
	"unicode"
)

// OneLine makes foreign words fit a record and a terminal: control characters
// become blanks, and more than most characters are cut. What may hold a secret is
// redacted before, since a value that is cut is not recognised any more.
func OneLine(text string, most int) string {
	var b strings.Builder
	length := 0
	for _, r := range strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD")) {
		if length++; length > most {
			return strings.TrimSpace(b.String()) + "…"
		}
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf) {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}
