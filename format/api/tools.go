package api

import (
	"bytes"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// ReadTools returns a tool list as recorded, nil where there is none. The list,
// or each of its tools, may stand in a string as JSON.
func ReadTools(v pyjson.Value) ([]byte, error) {
	var tools []byte
	err := Decoded(v, func(v pyjson.Value) error {
		switch {
		case !v.Present() || v.Kind() == pyjson.KindArray && v.Length() == 0:
			return nil
		case v.Kind() != pyjson.KindArray:
			return format.Rejectf(format.BadTools, "tools is %s, not an array", v.Kind())
		}
		tools = append(make([]byte, 0, len(v.Raw())), '[')
		for i, tool := range v.Elements() {
			if i > 0 {
				tools = append(tools, ',')
			}
			before := len(tools)
			if tools = appendTool(tools, tool); len(tools) == before {
				return format.Rejectf(format.BadTools, "tool %d is %s, not an object", i+1, tool.Kind())
			}
		}
		tools = append(tools, ']')
		return nil
	})
	return tools, err
}

// appendTool appends a tool's object, which a string may hold, and nothing for
// anything else.
func appendTool(dst []byte, tool pyjson.Value) []byte {
	if tool.Kind() == pyjson.KindObject {
		return pyjson.Compact(dst, tool)
	}
	// What is no JSON is no tool either.
	_ = Decoded(tool, func(v pyjson.Value) error {
		if v.Kind() == pyjson.KindObject {
			dst = pyjson.Compact(dst, v)
		}
		return nil
	})
	return dst
}

// WithoutPadding leaves the null members out of a tool list that Arrow has
// padded, and says whether it did. A null of a list that is not padded is part
// of its schema: a default, a constant.
//
// Arrow gives all structs of a list one shape. So a list is padded where every
// object has the members, in the same order, of every other in its place, and
// one has null where another has a schema: null is none.
func WithoutPadding(tools []byte) ([]byte, bool) {
	if !bytes.Contains(tools, []byte("null")) {
		return tools, false
	}
	padded := tools
	// A list that is no JSON is refused where it is used.
	_ = pyjson.WithIndex(tools, func(list pyjson.Value) error {
		var p padding
		if p.unified([]pyjson.Value{list}, "") && p.found {
			padded = pyjson.WithoutNulls(make([]byte, 0, len(tools)), list)
		}
		return nil
	})
	return padded, len(padded) != len(tools)
}

// A padding is what a look at a list finds: null in one place and a schema in
// another.
type padding struct{ found bool }

// unified says that the values, all found at one place named within, are of one
// shape.
func (p *padding) unified(values []pyjson.Value, within string) bool {
	var elements []pyjson.Value
	var first pyjson.Value
	for _, v := range values {
		if !v.Present() {
			continue
		}
		if first.Present() && v.Kind() != first.Kind() {
			return false
		}
		first = v
		for _, element := range v.Elements() {
			elements = append(elements, element)
		}
	}
	switch first.Kind() {
	case pyjson.KindArray:
		return p.unified(elements, within)
	case pyjson.KindObject:
		return p.members(values, within)
	}
	return true
}

// members holds the objects of one place to the same members.
func (p *padding) members(objects []pyjson.Value, within string) bool {
	var keys []string
	var columns [][]pyjson.Value
	for _, object := range objects {
		if !object.Present() {
			continue
		}
		if keys == nil {
			keys = object.Keys()
			columns = make([][]pyjson.Value, len(keys))
		}
		i := 0
		for name, member := range object.Members() {
			if i == len(keys) || keys[i] != name.Text() {
				return false
			}
			columns[i] = append(columns[i], member)
			i++
		}
		if i != len(keys) {
			return false
		}
	}
	for i, column := range columns {
		schema := within == "properties" || keys[i] == "properties" || keys[i] == "parameters"
		p.found = p.found || schema && halfNull(column)
		if !p.unified(column, keys[i]) {
			return false
		}
	}
	return true
}

func halfNull(values []pyjson.Value) bool {
	present := 0
	for _, v := range values {
		if v.Present() {
			present++
		}
	}
	return present > 0 && present < len(values)
}
