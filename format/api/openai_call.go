package api

import (
	"fmt"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// readCalls reads a message's tool_calls. The list, and each call in it, may
// stand in a string as JSON.
func readCalls(m *format.Message, calls pyjson.Value) error {
	if !calls.Present() || calls.Kind() == pyjson.KindText && calls.Text() == "" {
		return nil
	}
	err := Decoded(calls, func(calls pyjson.Value) error {
		if calls.Present() && calls.Kind() != pyjson.KindArray {
			return format.Rejectf(format.BadMessage, "tool_calls is %s, not an array", calls.Kind())
		}
		for _, v := range calls.Elements() {
			if err := Decoded(v, func(v pyjson.Value) error { return addCall(m, v) }); err != nil {
				return err
			}
		}
		return nil
	})
	if r, ok := err.(*format.Reject); ok && r.Reason == format.NotJSON {
		return format.Rejectf(format.BadMessage, "tool_calls: %s", r.Detail)
	}
	return err
}

func addCall(m *format.Message, v pyjson.Value) error {
	call, err := ReadCall(v)
	if err == nil {
		m.Calls = append(m.Calls, call)
	}
	return err
}

// ReadCall reads an entry of tool_calls. The function may stand in it, be it, or
// be the JSON of either in a string.
func ReadCall(v pyjson.Value) (call format.Call, err error) {
	function := v.Get("function")
	if !function.Present() {
		function = v
	}
	err = Decoded(function, func(function pyjson.Value) (err error) {
		call, err = ReadFunction(function)
		return err
	})
	call.ID = v.Get("id").Text()
	return call, err
}

// ReadFunction reads a name and its arguments, which may be an object or the JSON
// or Python literal of one in a string. The call has no id.
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

// ReadCallText reads the JSON of one call {name, arguments}, or of a list.
func ReadCallText(m *format.Message, text pyjson.Value) error {
	err := Decoded(text, func(v pyjson.Value) error {
		if v.Kind() == pyjson.KindObject {
			return AddCall(m, v.Get("id"), v.Get("name"), v.Get("arguments"))
		}
		if v.Length() == 0 {
			return format.Rejectf(format.BadArguments, "a function call that is %s, not an object", v.Kind())
		}
		for _, call := range v.Elements() {
			if err := AddCall(m, call.Get("id"), call.Get("name"), call.Get("arguments")); err != nil {
				return err
			}
		}
		return nil
	})
	if r, ok := err.(*format.Reject); ok && r.Reason == format.NotJSON {
		return format.Rejectf(format.BadArguments, "a function call that is neither JSON nor text with function tags: %q", pyjson.Clip(text.Text()))
	}
	return err
}
