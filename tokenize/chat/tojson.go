package chat

import "bytes"

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
