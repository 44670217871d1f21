package format

import (
	"testing"
	"unicode/utf8"
)

func TestNoTwoPathsAreSpelledAlike(t *testing.T) {
	spelled := map[string]string{}
	for path, want := range map[string]string{
		"a/b.jsonl":     "a/b.jsonl",
		"ä.jsonl":       "ä.jsonl",
		"a\xff.jsonl":   `a\xff.jsonl`,
		"a\xfe.jsonl":   `a\xfe.jsonl`,
		"a\uFFFD.jsonl": "a\uFFFD.jsonl",
		`a\xff.jsonl`:   `a\x5cxff.jsonl`,
		`a\x5cxff`:      `a\x5cx5cxff`,
		`c:\xylophone`:  `c:\xylophone`,
		"\xe2\x82":      `\xe2\x82`,
	} {
		got := SpellPath(path)
		if got != want || !utf8.ValidString(got) {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
		if other, twice := spelled[got]; twice {
			t.Errorf("%q and %q are both spelled %q", path, other, got)
		}
		spelled[got] = path
	}
}
