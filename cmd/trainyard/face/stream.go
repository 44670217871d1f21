package face

import (
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// A Stream is one of the two ends of a terminal. What is written to it by
// Write is content, such as rows, logs and decoded tokens: a pipe gets every
// byte as it is, a terminal gets it clean. What this package writes itself has
// a way of its own, because its colours are meant to be obeyed.
type Stream struct {
	to     io.Writer
	tty    bool
	width  int // columns that a line has; 0: no end
	paints bool
	cut    []byte // the begun character at the end of the last Write
}

// Write implements io.Writer. A carriage return that a terminal would go back
// with becomes a new line: logs overwrite their progress bars with it.
func (s *Stream) Write(p []byte) (int, error) {
	if !s.tty {
		return s.to.Write(p)
	}
	text := string(s.cut) + string(p)
	whole := len(text) - begun(text)
	s.cut = []byte(text[whole:])
	text = strings.ReplaceAll(strings.ReplaceAll(text[:whole], "\r\n", "\n"), "\r", "\n")
	if _, err := io.WriteString(s.to, Clean(text)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// begun counts the bytes at the end of text that may be the first of a
// character, or of a line's end, whose rest is still to come.
func begun(text string) int {
	if strings.HasSuffix(text, "\r") {
		return 1
	}
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRuneInString(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// raw is where text of this package goes, clean already. A writer that stands
// before a stream, such as a buffer, takes it as it comes.
func raw(w io.Writer) io.Writer {
	if s, ok := w.(*Stream); ok {
		return s.to
	}
	return w
}

// cleaned are the arguments of a format with every text among them clean.
func cleaned(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = cleanArg(a)
	}
	return out
}

func cleanArg(a any) any {
	switch a := a.(type) {
	case nil:
		return a
	case Painted:
		return string(a)
	case []byte:
		return Clean(string(a))
	case error:
		return Clean(a.Error())
	case interface{ String() string }:
		return Clean(a.String())
	}
	switch v := reflect.ValueOf(a); v.Kind() {
	case reflect.String:
		return Clean(v.String())
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Struct, reflect.Pointer:
		panic("face: a " + v.Kind().String() + " among what is printed: say it in words")
	}
	return a
}
