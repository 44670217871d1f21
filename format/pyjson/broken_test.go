package pyjson

import (
	"bytes"
	"strings"
	"testing"
)

func TestWhatIsNoCharacterIsMendedAndBlanked(t *testing.T) {
	for _, c := range []struct{ raw, mended, blanked string }{
		{`{"a":"plain"}`, `{"a":"plain"}`, `{"a":"plain"}`},
		{`"\ud83d here"`, `"\ufffd here"`, `"\u0078 here"`},
		{`"\udc00\ud83d\ude00"`, `"\ufffd\ud83d\ude00"`, `"\u0078\ud83d\ude00"`},
		{`"\uD83D\uD83D\uDE00"`, `"\ufffd\uD83D\uDE00"`, `"\u0078\uD83D\uDE00"`},
		{`"\\ud83d is text"`, `"\\ud83d is text"`, `"\\u0078 is text"`},
		{`"\\\ud83d"`, `"\\\ufffd"`, `"\\\u0078"`},
		{`"[\"\\ud83d\\ude00\\ud83d\"]"`, `"[\"\\ud83d\\ude00\\ud83d\"]"`, `"[\"\\ud83d\\ude00\\u0078\"]"`},
		{"\"a\xffb\xe2\x82\"", "\"a\uFFFDb\uFFFD\"", `"axbx"`},
		{"\"\uFFFD\"", "\"\uFFFD\"", "\"\uFFFD\""},
		{`"\ud8`, `"\ud8`, `"\ud8`},
		{`"\`, `"\`, `"\`},
	} {
		if got := string(Mended([]byte(c.raw))); got != c.mended {
			t.Errorf("%q mended: got %q, want %q", c.raw, got, c.mended)
		}
		if got := string(Blanked([]byte(c.raw))); got != c.blanked {
			t.Errorf("%q blanked: got %q, want %q", c.raw, got, c.blanked)
		}
	}
}

// Mending a value and then reading it is reading it.
func FuzzMended(f *testing.F) {
	for _, seed := range []string{`"\ud83d\ude00\ud83d"`, "\"\xf0\x9f\"", `{"\udc00":"\\ud83d"}`, `"\\\ud83d\\"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		mended := Mended(raw)
		if again := Mended(mended); !bytes.Equal(again, mended) {
			t.Fatalf("%q is mended to %q, that to %q", raw, mended, again)
		}
		var plain string
		if WithIndex(raw, func(v Value) error { plain = v.Text(); return nil }) != nil {
			return
		}
		err := WithIndex(mended, func(v Value) error {
			if v.Text() != plain {
				t.Errorf("%q reads %q, mended %q", raw, plain, v.Text())
			}
			return nil
		})
		if err != nil {
			t.Errorf("%q mended to %q: %v", raw, mended, err)
		}
		err = WithIndex(Blanked(raw), func(v Value) error {
			if got := strings.Count(v.Text(), "\uFFFD"); got > strings.Count(plain, "\uFFFD") {
				t.Errorf("%q blanked holds %d", raw, got)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%q blanked: %v", raw, err)
		}
	})
}
