package format

import (
	"iter"
	"strconv"
	"strings"
)

// A value is one place in an indexed record. The zero value is a missing
// one: every method answers for it, so dialects chain look-ups freely.
type value struct {
	ix *index
	at uint32
}

func (v value) node() *node { return &v.ix.nodes[v.at] }

func (v value) kind() kind {
	if v.ix == nil {
		return kindMissing
	}
	return v.node().kind
}

// present says that the value is there and not null.
func (v value) present() bool { return v.kind() > kindNull }

// raw returns the value's bytes in the record; they are not a copy.
func (v value) raw() []byte {
	if v.ix == nil {
		return nil
	}
	n := v.node()
	return v.ix.src[n.start:n.end]
}

// span is where the value lies in the record: [start, end).
func (v value) span() (start, end int) { return int(v.node().start), int(v.node().end) }

// text decodes a string; any other kind gives "".
func (v value) text() string {
	if v.kind() != kindText {
		return ""
	}
	n := v.node()
	inside := v.ix.src[n.start+1 : n.end-1]
	if n.plain {
		return string(inside)
	}
	return unescape(inside)
}

// bytes returns a string's text like text does, without a copy where there is
// nothing to decode.
func (v value) bytes() []byte {
	if v.kind() != kindText {
		return nil
	}
	n := v.node()
	if n.plain {
		return v.ix.src[n.start+1 : n.end-1]
	}
	return []byte(v.text())
}

// scalar returns a string's text, a number or a boolean as written, else "".
func (v value) scalar() string {
	switch v.kind() {
	case kindText:
		return v.text()
	case kindNumber, kindBool:
		return string(v.raw())
	}
	return ""
}

// get returns a member of an object; of repeated names the last, as in
// Python. Several keys descend.
func (v value) get(keys ...string) value {
	for _, key := range keys {
		var found value
		for name, member := range v.members() {
			if string(name.bytes()) == key {
				found = member
			}
		}
		v = found
	}
	return v
}

// members ranges over an object's names and values in recorded order; any
// other kind has none.
func (v value) members() iter.Seq2[value, value] {
	return func(yield func(name, member value) bool) {
		if v.kind() != kindObject {
			return
		}
		for at := v.at + 1; at < v.node().next; {
			member := at + 1
			if !yield(value{v.ix, at}, value{v.ix, member}) {
				return
			}
			at = v.ix.nodes[member].next
		}
	}
}

// elements ranges over an array; any other kind has none.
func (v value) elements() iter.Seq2[int, value] {
	return func(yield func(int, value) bool) {
		if v.kind() != kindArray {
			return
		}
		i := 0
		for at := v.at + 1; at < v.node().next; at = v.ix.nodes[at].next {
			if !yield(i, value{v.ix, at}) {
				return
			}
			i++
		}
	}
}

// length counts an array's elements or an object's members.
func (v value) length() int {
	n := 0
	for range v.elements() {
		n++
	}
	for range v.members() {
		n++
	}
	return n
}

// keys lists an object's member names.
func (v value) keys() []string {
	var names []string
	for name := range v.members() {
		names = append(names, name.text())
	}
	return names
}

// float reads a number; ok is false for every other kind.
func (v value) float() (f float64, ok bool) {
	if v.kind() != kindNumber {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.TrimSuffix(string(v.raw()), "inity"), 64)
	return f, err == nil || f != 0
}

// decode builds Go values, as expressions see them: integers as int where
// they fit, other numbers as float64, null as nil.
func (v value) decode() any {
	switch v.kind() {
	case kindBool:
		return v.raw()[0] == 't'
	case kindNumber:
		if n, err := strconv.Atoi(string(v.raw())); err == nil {
			return n
		}
		f, _ := v.float()
		return f
	case kindText:
		return v.text()
	case kindArray:
		list := make([]any, 0, v.length())
		for _, element := range v.elements() {
			list = append(list, element.decode())
		}
		return list
	case kindObject:
		object := make(map[string]any, v.length())
		for name, m := range v.members() {
			object[name.text()] = m.decode()
		}
		return object
	}
	return nil
}
