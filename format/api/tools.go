package api

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// ReadTools returns a tool list as recorded, without the null members that
// Arrow pads structs with; nil where there is none.
func ReadTools(v pyjson.Value) ([]byte, error) {
	var tools []byte
	err := Decoded(v, func(v pyjson.Value) error {
		switch {
		case !v.Present() || v.Kind() == pyjson.KindArray && v.Length() == 0:
			return nil
		case v.Kind() != pyjson.KindArray:
			return format.Rejectf(format.BadTools, "tools is %s, not an array", v.Kind())
		}
		for i, tool := range v.Elements() {
			if tool.Kind() != pyjson.KindObject {
				return format.Rejectf(format.BadTools, "tool %d is %s, not an object", i+1, tool.Kind())
			}
		}
		tools = pyjson.WithoutNulls(make([]byte, 0, len(v.Raw())), v)
		return nil
	})
	return tools, err
}
