package pyjson

import (
	"iter"
	"strconv"
	"strings"
)

// A Value is one place in an indexed record. The zero value is a missing
// one: every method answers for it, so dialects chain look-ups freely.
type Value struct {
	Ix *index
	at uint32
}

func (v Value) node() *node { return &v.Ix.Nodes[v.at] }

// Kind is KindMissing for the value of a look-up that led nowhere.
func (v Value) Kind() Kind {
	if v.Ix == nil {
		return KindMissing
	}
	return v.node().Kind
}

// Present says that the value is there and not null.
func (v Value) Present() bool { return v.Kind() > KindNull }

// Raw returns the value's bytes in the record; they are not a copy.
func (v Value) Raw() []byte {
	if v.Ix == nil {
		return nil
	}
	n := v.node()
	return v.Ix.src[n.Start:n.End]
}

// Span is where the value lies in the record: [start, end).
func (v Value) Span() (start, end int) { return int(v.node().Start), int(v.node().End) }

// Text decodes a string; any other kind gives "".
func (v Value) Text() string {
	if v.Kind() != KindText {
		return ""
	}
	n := v.node()
	inside := v.Ix.src[n.Start+1 : n.End-1]
	switch {
	case !n.plain:
		return Unescape(inside)
	case len(inside) > 0 && len(inside) <= maxWord:
		return v.Ix.words.of(inside)
	}
	return string(inside)
}

// isPlain says that a text is ASCII without escapes.
func (v Value) isPlain() bool { return v.Kind() == KindText && v.node().plain }

// Bytes returns a string's text like text does, without a copy where there is
// nothing to decode.
func (v Value) Bytes() []byte {
	if v.Kind() != KindText {
		return nil
	}
	n := v.node()
	if n.plain {
		return v.Ix.src[n.Start+1 : n.End-1]
	}
	return []byte(v.Text())
}

// Scalar returns a string's text, a number or a boolean as written, else "".
func (v Value) Scalar() string {
	switch v.Kind() {
	case KindText:
		return v.Text()
	case KindNumber, KindBool:
		return string(v.Raw())
	}
	return ""
}

// Get returns a member of an object; of repeated names the last, as in
// Python. Several keys descend.
func (v Value) Get(keys ...string) Value {
	for _, key := range keys {
		var found Value
		for name, member := range v.Members() {
			if string(name.Bytes()) == key {
				found = member
			}
		}
		v = found
	}
	return v
}

// Members ranges over an object's names and values in recorded order; any
// other kind has none.
func (v Value) Members() iter.Seq2[Value, Value] {
	return func(yield func(name, member Value) bool) {
		if v.Kind() != KindObject {
			return
		}
		for at := v.at + 1; at < v.node().next; {
			member := at + 1
			if !yield(Value{v.Ix, at}, Value{v.Ix, member}) {
				return
			}
			at = v.Ix.Nodes[member].next
		}
	}
}

// Elements ranges over an array; any other kind has none.
func (v Value) Elements() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		if v.Kind() != KindArray {
			return
		}
		i := 0
		for at := v.at + 1; at < v.node().next; at = v.Ix.Nodes[at].next {
			if !yield(i, Value{v.Ix, at}) {
				return
			}
			i++
		}
	}
}

// Length counts an array's elements or an object's members.
func (v Value) Length() int {
	n := 0
	for range v.Elements() {
		n++
	}
	for range v.Members() {
		n++
	}
	return n
}

// Keys lists an object's member names.
func (v Value) Keys() []string {
	var names []string
	for name := range v.Members() {
		names = append(names, name.Text())
	}
	return names
}

// Float reads a number; ok is false for every other kind.
func (v Value) Float() (f float64, ok bool) {
	if v.Kind() != KindNumber {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.TrimSuffix(string(v.Raw()), "inity"), 64)
	return f, err == nil || f != 0
}

// Decode builds Go values, as expressions see them: integers as int where
// they fit, other numbers as float64, null as nil.
func (v Value) Decode() any {
	switch v.Kind() {
	case KindBool:
		return v.Raw()[0] == 't'
	case KindNumber:
		if n, err := strconv.Atoi(string(v.Raw())); err == nil {
			return n
		}
		f, _ := v.Float()
		return f
	case KindText:
		return v.Text()
	case KindArray:
		list := make([]any, 0, v.Length())
		for _, element := range v.Elements() {
			list = append(list, element.Decode())
		}
		return list
	case KindObject:
		object := make(map[string]any, v.Length())
		for name, m := range v.Members() {
			object[name.Text()] = m.Decode()
		}
		return object
	}
	return nil
}
