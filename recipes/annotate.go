package recipes

import (
	"strings"
	"unicode/utf8"
)

// widestLine is how far a line of YAML moves the origins of all lines.
const widestLine = 72

// Annotated is [Recipe.YAML] with the origin of each value in a comment behind
// it. Keys that say nothing are left out.
func (r *Recipe) Annotated() string {
	lines, origins, width := r.lines(), map[string]Origin{}, 0
	for _, s := range r.Settings() {
		origins[s.Key] = s.Origin
	}
	for _, l := range lines {
		if n := utf8.RuneCountInString(l.text); n <= widestLine {
			width = max(width, n)
		}
	}
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.text)
		if origin, ok := origins[l.key]; ok {
			pad := max(0, width-utf8.RuneCountInString(l.text))
			b.WriteString(strings.Repeat(" ", pad) + "  # " + origin.String())
		}
		b.WriteByte('\n')
	}
	return b.String()
}
