package api

import (
	"fmt"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

func ReadCall(v pyjson.Value) (format.Call, error) {
	function := v.Get("function")
	if !function.Present() {
		function = v
	}
	call, err := ReadFunction(function)
	call.ID = v.Get("id").Text()
	return call, err
}

func ReadFunction(v pyjson.Value) (format.Call, error) {
	call := format.Call{Name: v.Get("name").Text()}
	if call.Name == "" {
		return call, format.Rejectf(format.BadMessage, "a call without a name")
	}
	var err error
	if call.Arguments, err = ReadArguments(v.Get("arguments")); err != nil {
		err = format.Within(err, fmt.Sprintf("call %q", pyjson.Clip(call.Name)))
	}
	return call, err
}

// ReadArguments returns a JSON object's bytes as recorded. An empty string
// and a null are how some models say that there are none.
func ReadArguments(v pyjson.Value) ([]byte, error) {
	switch v.Kind() {
	case pyjson.KindObject:
		return append([]byte(nil), v.Raw()...), nil
	case pyjson.KindMissing, pyjson.KindNull:
		return []byte("{}"), nil
	case pyjson.KindText:
		text := strings.TrimSpace(v.Text())
		if text == "" {
			return []byte("{}"), nil
		}
		if err := wantObject(text); err != nil {
			return nil, err
		}
		return []byte(text), nil
	}
	return nil, format.Rejectf(format.BadArguments, "arguments are %s, not an object", v.Kind())
}

func wantObject(text string) error {
	err := pyjson.WithIndex([]byte(text), func(root pyjson.Value) error {
		if root.Kind() != pyjson.KindObject {
			return format.Rejectf(format.BadArguments, "arguments are %s, not an object", root.Kind())
		}
		return nil
	})
	if syntax, ok := err.(*pyjson.SyntaxError); ok {
		return format.Rejectf(format.BadArguments, "arguments are not JSON: %v in %q", syntax, pyjson.Clip(text))
	}
	return err
}
