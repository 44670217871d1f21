package pyjson_test

import (
	"strings"
	"testing"

	"trainyard/format/pyjson"
)

// pythonSpaces are the characters of which Python 3.12 says isspace().
const pythonSpaces = "\t\n\v\f\r\x1c\x1d\x1e\x1f \u0085\u00a0\u1680" +
	"\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"

func TestWhiteSpaceIsPythons(t *testing.T) {
	for r := rune(0); r <= 0x10ffff; r++ {
		if got, want := pyjson.IsSpace(r), strings.ContainsRune(pythonSpaces, r) && r != 0xfffd; got != want {
			t.Fatalf("%U: got %v, want %v", r, got, want)
		}
	}
	if got := pyjson.Trim(pythonSpaces + "\u200ba\ufeff" + pythonSpaces); got != "\u200ba\ufeff" {
		t.Errorf("got %q", got)
	}
	if got := pyjson.TrimLeft("\x1f\u3000 a\x1f"); got != "a\x1f" {
		t.Errorf("got %q", got)
	}
}

// json.dumps escapes all that is no printable ASCII, DEL too.
func TestDumpsAreASCII(t *testing.T) {
	for raw, want := range map[string]string{
		"[\"d\x7f\"]":                    `["d\u007f"]`,
		`{"é":["\u007f",1.0,true,null]}`: `{"\u00e9": ["\u007f", 1.0, true, null]}`,
		`["😀","a\"b\\c\n\u001f/"]`:       `["\ud83d\ude00", "a\"b\\c\n\u001f/"]`,
		`"é"`:                            "é",
		`true`:                           "True",
	} {
		err := pyjson.WithIndex([]byte(raw), func(v pyjson.Value) error {
			if got := string(pyjson.AppendDumps(nil, v)); got != want {
				t.Errorf("%s: got %s, want %s", raw, got, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
