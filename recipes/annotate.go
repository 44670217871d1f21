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
	lines, settings, width := r.lines(), r.Settings(), 0
	for _, l := range lines {
		if n := utf8.RuneCountInString(l.text); n <= widestLine {
			width = max(width, n)
		}
	}
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.text)
		if origin, ok := originOf(l.key, settings); ok {
			pad := max(0, width-utf8.RuneCountInString(l.text))
			b.WriteString(strings.Repeat(" ", pad) + "  # " + origin.String())
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// originOf is that of the setting key, or of the first that was said below it:
// small mappings stand on one line.
func originOf(key string, settings []Setting) (o Origin, ok bool) {
	for _, s := range settings {
		switch {
		case key != "" && s.Key == key:
			return s.Origin, true
		case key != "" && strings.HasPrefix(s.Key, key+".") && s.Origin.Kind != FromDefault:
			return s.Origin, true
		}
	}
	return o, false
}
