package chat

import (
	"encoding/json"
	"iter"
)

// elements yields the values of a JSON array, in order, as they are written.
func elements(array json.RawMessage) iter.Seq[json.RawMessage] {
	return func(yield func(json.RawMessage) bool) {
		in := skipSpace(skipSpace(array)[1:])
		for in[0] != ']' {
			n := valueLen(in)
			if !yield(json.RawMessage(in[:n])) {
				return
			}
			in = skipSpace(in[n:])
			if in[0] == ',' {
				in = skipSpace(in[1:])
			}
		}
	}
}

// valueLen is the length of the value that in begins with.
func valueLen(in []byte) int {
	depth := 0
	for i := 0; i < len(in); i++ {
		switch in[i] {
		case '"':
			raw, _ := cutString(in[i:])
			i += len(raw) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(in)
}

func skipSpace(in []byte) []byte {
	for len(in) > 0 && (in[0] == ' ' || in[0] == '\n' || in[0] == '\t' || in[0] == '\r') {
		in = in[1:]
	}
	return in
}

// cutString returns the string literal that in begins with, quotes included.
func cutString(in []byte) (raw, rest []byte) {
	for i := 1; i < len(in); i++ {
		switch in[i] {
		case '\\':
			i++
		case '"':
			return in[:i+1], in[i+1:]
		}
	}
	return in, nil
}
