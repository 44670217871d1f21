package pyjson

import "strings"

// A Cut replaces [start, end) of a text.
type Cut struct {
	Start, End int
	By         string
}

// CutOf is the cut that puts by in the place of v, in the text that v was read
// from.
func CutOf(v Value, by string) Cut {
	start, end := v.Span()
	return Cut{start, end, by}
}

// Splice makes cuts, which are in order and do not overlap.
func Splice(text string, cuts []Cut) string {
	if len(cuts) == 0 {
		return text
	}
	var b strings.Builder
	from := 0
	for _, c := range cuts {
		b.WriteString(text[from:c.Start])
		b.WriteString(c.By)
		from = c.End
	}
	b.WriteString(text[from:])
	return b.String()
}
