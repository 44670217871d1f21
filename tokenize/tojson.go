package tokenize

import (
	"bytes"
	"encoding/json"
	"iter"
	"strconv"
	"unicode/utf8"
)

// A pythonJSON prints JSON the way chat templates do, which is Python's
// json.dumps(json.loads(text), ensure_ascii=False):
//
//   - ", " and ": " between members, key order kept; of a key given twice the
//     first place and the last value, as in a Python dict;
//   - strings: \" \\ \n \r \t \b \f and \u00xx for other control characters,
//     everything else as it is, < > & and U+2028 included. A lone surrogate,
//     which no UTF-8 text can hold, becomes U+FFFD;
//   - integers of any size as they are (-0 is 0); numbers with a fraction or
//     an exponent as Python's repr of the nearest double: 1.0, 1e-05, 1e+16,
//     Infinity where it overflows.
//
// Python refuses integers beyond 4,300 digits; they are kept here.
type pythonJSON struct {
	members []member // of the objects being printed, outer ones first
}

// A member is where a key and its value stand in the output.
type member struct{ key, keyEnd, value, valueEnd int }

// append prints raw, which must be valid JSON.
func (j *pythonJSON) append(dst []byte, raw []byte) []byte {
	j.members = j.members[:0]
	dst, _ = j.value(dst, raw)
	return dst
}

// value prints the first value of in and returns what follows it.
func (j *pythonJSON) value(dst, in []byte) ([]byte, []byte) {
	in = skipSpace(in)
	switch in[0] {
	case '{':
		return j.object(dst, in[1:])
	case '[':
		return j.array(dst, in[1:])
	case '"':
		raw, rest := cutString(in)
		return appendString(dst, raw), rest
	}
	n := bytes.IndexAny(in, ",]} \t\r\n")
	if n < 0 {
		n = len(in)
	}
	return appendScalar(dst, in[:n]), in[n:]
}

func (j *pythonJSON) array(dst, in []byte) ([]byte, []byte) {
	dst = append(dst, '[')
	for in = skipSpace(in); in[0] != ']'; in = skipSpace(in) {
		if in[0] == ',' {
			dst, in = append(dst, ", "...), in[1:]
		}
		dst, in = j.value(dst, in)
	}
	return append(dst, ']'), in[1:]
}

func (j *pythonJSON) object(dst, in []byte) ([]byte, []byte) {
	outer := len(j.members)
	keys := keySet{}
	dst = append(dst, '{')
	for in = skipSpace(in); in[0] != '}'; in = skipSpace(in) {
		start := len(dst)
		if in[0] == ',' {
			dst, in = append(dst, ", "...), skipSpace(in[1:])
		}
		m := member{key: len(dst)}
		var raw []byte
		raw, in = cutString(in)
		dst = appendString(dst, raw)
		m.keyEnd = len(dst)
		dst, in = append(dst, ": "...), skipSpace(in)[1:]
		m.value = len(dst)
		dst, in = j.value(dst, in)
		m.valueEnd = len(dst)
		if twin := keys.find(dst, j.members[outer:], m); twin >= 0 {
			dst = replaceTwin(dst, j.members[outer:], twin, start, m)
			continue
		}
		j.members = append(j.members, m)
	}
	j.members = j.members[:outer]
	return append(dst, '}'), in[1:]
}

// replaceTwin moves the value of m, the member printed last (from start on),
// to where the earlier member with its key has its value.
func replaceTwin(dst []byte, members []member, twin, start int, m member) []byte {
	value := bytes.Clone(dst[m.value:m.valueEnd])
	old := members[twin]
	shift := len(value) - (old.valueEnd - old.value)
	tail := bytes.Clone(dst[old.valueEnd:start])
	dst = append(append(dst[:old.value], value...), tail...)
	members[twin].valueEnd += shift
	for i := twin + 1; i < len(members); i++ {
		later := &members[i]
		later.key, later.keyEnd = later.key+shift, later.keyEnd+shift
		later.value, later.valueEnd = later.value+shift, later.valueEnd+shift
	}
	return dst
}

// A keySet finds a key given twice. Few keys are compared one by one; an
// object of many gets an index, so that time stays linear.
type keySet struct{ index map[string]int }

const fewKeys = 32

func (k *keySet) find(dst []byte, members []member, m member) int {
	key := dst[m.key:m.keyEnd]
	if len(members) < fewKeys {
		for i, e := range members {
			if bytes.Equal(dst[e.key:e.keyEnd], key) {
				return i
			}
		}
		return -1
	}
	if k.index == nil {
		k.index = make(map[string]int, 2*len(members))
		for i, e := range members {
			k.index[string(dst[e.key:e.keyEnd])] = i
		}
	}
	if i, ok := k.index[string(key)]; ok {
		return i
	}
	k.index[string(key)] = len(members)
	return -1
}

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

func appendScalar(dst, raw []byte) []byte {
	if raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return append(dst, raw...) // true, false, null
	}
	if !bytes.ContainsAny(raw, ".eE") {
		if string(raw) == "-0" {
			raw = raw[1:]
		}
		return append(dst, raw...)
	}
	// Out of range is ±Inf, which is what Python's float gives too.
	f, _ := strconv.ParseFloat(string(raw), 64)
	return appendFloat(dst, f)
}

func appendString(dst, raw []byte) []byte {
	dst = append(dst, '"')
	raw = raw[1 : len(raw)-1]
	for len(raw) > 0 {
		n := bytes.IndexByte(raw, '\\')
		if n < 0 {
			return append(append(dst, raw...), '"')
		}
		dst = append(dst, raw[:n]...)
		var r rune
		r, raw = unescape(raw[n:])
		dst = appendEscaped(dst, r)
	}
	return append(dst, '"')
}

// appendStringContent prints what a string literal says.
func appendStringContent(dst, raw []byte) []byte {
	raw, _ = cutString(raw)
	raw = raw[1 : len(raw)-1]
	for len(raw) > 0 {
		n := bytes.IndexByte(raw, '\\')
		if n < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:n]...)
		var r rune
		r, raw = unescape(raw[n:])
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
