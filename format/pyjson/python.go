package pyjson

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Member is one entry of a decoded object.
type Member struct {
	Name  string
	Value Value
}

// Entries lists an object's members as Python's json module builds a dict:
// a repeated name keeps its first place and its last value.
func (v Value) Entries() []Member {
	list := make([]Member, 0, v.Length())
	at := placeOfKeys(v)
	for name, m := range v.Members() {
		key := name.Text()
		if i := at(list, key); i >= 0 {
			list[i].Value = m
			continue
		}
		list = append(list, Member{key, m})
	}
	return list
}

// placeOfKeys finds keys met before: of few by looking at each, of many by an
// index, so that time stays linear.
func placeOfKeys(v Value) func(list []Member, key string) int {
	const few = 16
	if v.Length() <= few {
		return func(list []Member, key string) int {
			return slices.IndexFunc(list, func(m Member) bool { return m.Name == key })
		}
	}
	seen := make(map[string]int, v.Length())
	return func(list []Member, key string) int {
		if i, ok := seen[key]; ok {
			return i
		}
		seen[key] = len(list)
		return -1
	}
}

// Check says why raw is not JSON as Python reads it, or nil.
func Check(raw json.RawMessage) error { return WithIndex(raw, func(Value) error { return nil }) }

// TextOf decodes a JSON string; any other value is none.
func TextOf(raw json.RawMessage) (text string, isText bool) {
	err := WithIndex(raw, func(root Value) error {
		text, isText = root.Text(), root.Kind() == KindText
		return nil
	})
	return text, isText && err == nil
}

// ElementsOf cuts a JSON array into its values, as they are written.
func ElementsOf(array json.RawMessage) (list []json.RawMessage, err error) {
	err = WithIndex(array, func(root Value) error {
		if root.Kind() != KindArray {
			return fmt.Errorf("it is %s", root.Kind())
		}
		for _, element := range root.Elements() {
			start, end := element.Span()
			list = append(list, array[start:end])
		}
		return nil
	})
	return list, err
}

// PythonJSON appends raw as json.dumps(…, ensure_ascii=False) prints it
// after reading it, which is what chat templates call tojson: ", " and ": "
// between things, key order kept, floats by their shortest spelling.
func PythonJSON(dst []byte, raw json.RawMessage) ([]byte, error) {
	err := WithIndex(raw, func(root Value) error {
		dst = AppendJSON(dst, root)
		return nil
	})
	if err != nil {
		return dst, fmt.Errorf("print as JSON: %w", err)
	}
	return dst, nil
}

// A notation is how Python spells values: as json.dumps(…, ensure_ascii=False)
// or as repr().
type notation struct {
	quote                func(dst []byte, s string) []byte
	spellsPlain          bool // ASCII without escapes stands as JSON writes it
	yes, no, none        string
	notANumber, infinity string
}

var (
	jsonNotation = notation{QuoteJSON, true, "true", "false", "null", "NaN", "Infinity"}
	// asciiNotation is json.dumps(…) without arguments, which escapes DEL as well.
	asciiNotation = notation{quoteASCII, false, "true", "false", "null", "NaN", "Infinity"}
	reprNotation  = notation{quotePython, false, "True", "False", "None", "nan", "inf"}
)

// AppendJSON appends a value as json.dumps(…, ensure_ascii=False) prints it.
func AppendJSON(dst []byte, v Value) []byte { return jsonNotation.append(dst, v) }

// AppendDumps appends lists and objects as json.dumps(…) prints them, ASCII
// alone, and any other value as Python's str() does.
func AppendDumps(dst []byte, v Value) []byte {
	if k := v.Kind(); k == KindArray || k == KindObject {
		return asciiNotation.append(dst, v)
	}
	return AppendStr(dst, v)
}

// AppendStr appends a value as Python's str() prints it; inside lists and
// dicts that is repr().
func AppendStr(dst []byte, v Value) []byte {
	if v.Kind() == KindText {
		return append(dst, v.Text()...)
	}
	return reprNotation.append(dst, v)
}

func (n *notation) append(dst []byte, v Value) []byte {
	switch v.Kind() {
	case KindArray:
		dst = append(dst, '[')
		for i, element := range v.Elements() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = n.append(dst, element)
		}
		return append(dst, ']')
	case KindObject:
		dst = append(dst, '{')
		for i, m := range v.Entries() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(n.quote(dst, m.Name), ": "...)
			dst = n.append(dst, m.Value)
		}
		return append(dst, '}')
	case KindText:
		if v.isPlain() && n.spellsPlain {
			return append(dst, v.Raw()...)
		}
		return n.quote(dst, v.Text())
	case KindNumber:
		return n.number(dst, v)
	case KindBool:
		if v.Raw()[0] == 't' {
			return append(dst, n.yes...)
		}
		return append(dst, n.no...)
	}
	return append(dst, n.none...)
}

// number appends a number as Python's repr prints it: integers digit
// by digit, floats by their shortest spelling, in scientific notation below
// 1e-4 and from 1e16 on.
func (n *notation) number(dst []byte, v Value) []byte {
	raw := string(v.Raw())
	if !strings.ContainsAny(raw, ".eEIN") {
		if raw == "-0" {
			raw = "0"
		}
		return append(dst, raw...)
	}
	f, _ := v.Float()
	switch {
	case math.IsNaN(f):
		return append(dst, n.notANumber...)
	case math.IsInf(f, 1):
		return append(dst, n.infinity...)
	case math.IsInf(f, -1):
		return append(append(dst, '-'), n.infinity...)
	case f != 0 && (math.Abs(f) < 1e-4 || math.Abs(f) >= 1e16):
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if !strings.ContainsRune(string(dst[start:]), '.') {
		dst = append(dst, ".0"...)
	}
	return dst
}

// quotePython appends repr() of a string: single quotes unless only they
// occur in it, escapes for what does not print.
func quotePython(dst []byte, s string) []byte {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	dst = append(dst, quote)
	for _, r := range s {
		switch {
		case r == rune(quote) || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case unicode.IsPrint(r):
			dst = utf8.AppendRune(dst, r)
		case r < 0x100:
			dst = fmt.Appendf(dst, `\x%02x`, r)
		case r < 0x10000:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			dst = fmt.Appendf(dst, `\U%08x`, r)
		}
	}
	return append(dst, quote)
}
