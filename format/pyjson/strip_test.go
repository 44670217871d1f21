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
