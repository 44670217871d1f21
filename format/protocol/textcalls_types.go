package protocol

import (
	"encoding/json"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// typeArguments gives the text arguments of calls the values that tools say
// they have. A text that is no such value stays text.
func typeArguments(calls []format.Call, tools json.RawMessage) error {
	if len(tools) == 0 {
		return nil
	}
	err := pyjson.WithIndex(tools, func(list pyjson.Value) error {
		for i, call := range calls {
			typed, err := typedArguments(call, propertiesOf(list, call.Name))
			if err != nil {
				return err
			}
			calls[i].Arguments = typed
		}
		return nil
	})
	if _, broken := err.(*pyjson.SyntaxError); broken {
		return format.Rejectf(format.BadTools, "tools: %v", err)
	}
	return err
}

// propertiesOf are the parameters that the named tool describes.
func propertiesOf(tools pyjson.Value, name string) pyjson.Value {
	for _, tool := range tools.Elements() {
		f := tool.Get("function")
		if !f.Present() {
			f = tool
		}
		if f.Get("name").Text() == name {
			return f.Get("parameters", "properties")
		}
	}
	return pyjson.Value{}
}

func typedArguments(call format.Call, properties pyjson.Value) ([]byte, error) {
	out := []byte("{")
	err := pyjson.WithIndex(call.Arguments, func(arguments pyjson.Value) error {
		for i, m := range arguments.Entries() {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(pyjson.QuoteJSON(out, m.Name), ':')
			out = append(out, typedValue(m.Value, properties.Get(m.Name, "type").Text())...)
		}
		return nil
	})
	return append(out, '}'), err
}

// typedValue reads a text as JSON or as Python prints it, whichever gives
// the type. JSON comes first: what both could mean, json.dumps wrote.
func typedValue(v pyjson.Value, kind string) []byte {
	want, ok := valueKinds[kind]
	if !ok || v.Kind() != pyjson.KindText {
		return v.Raw()
	}
	text := v.Text()
	for _, try := range []func(string) ([]byte, error){asJSON, pyjson.PythonToJSON} {
		raw, err := try(text)
		if err == nil && kindOf(raw) == want {
			return raw
		}
	}
	return v.Raw()
}

var valueKinds = map[string]pyjson.Kind{
	"integer": pyjson.KindNumber, "number": pyjson.KindNumber, "boolean": pyjson.KindBool, "array": pyjson.KindArray, "object": pyjson.KindObject,
}

func asJSON(text string) ([]byte, error) {
	raw := []byte(text)
	return raw, pyjson.WithIndex(raw, func(pyjson.Value) error { return nil })
}

func kindOf(raw []byte) (k pyjson.Kind) {
	// What is no JSON has no kind.
	_ = pyjson.WithIndex(raw, func(v pyjson.Value) error {
		k = v.Kind()
		return nil
	})
	return k
}
