package format

import "encoding/json"

// typeArguments gives the text arguments of calls the values that tools say
// they have. A text that is no such value stays text.
func typeArguments(calls []Call, tools json.RawMessage) error {
	if len(tools) == 0 {
		return nil
	}
	err := withIndex(tools, func(list value) error {
		for i, call := range calls {
			typed, err := typedArguments(call, propertiesOf(list, call.Name))
			if err != nil {
				return err
			}
			calls[i].Arguments = typed
		}
		return nil
	})
	if _, broken := err.(*syntaxError); broken {
		return reject(BadTools, "tools: %v", err)
	}
	return err
}

// propertiesOf are the parameters that the named tool describes.
func propertiesOf(tools value, name string) value {
	for _, tool := range tools.elements() {
		f := tool.get("function")
		if !f.present() {
			f = tool
		}
		if f.get("name").text() == name {
			return f.get("parameters", "properties")
		}
	}
	return value{}
}

func typedArguments(call Call, properties value) ([]byte, error) {
	out := []byte("{")
	err := withIndex(call.Arguments, func(arguments value) error {
		for i, m := range arguments.entries() {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(quoteJSON(out, m.name), ':')
			out = append(out, typedValue(m.value, properties.get(m.name, "type").text())...)
		}
		return nil
	})
	return append(out, '}'), err
}

// typedValue reads a text as JSON or as Python prints it, whichever gives
// the type.
func typedValue(v value, kind string) []byte {
	want, ok := valueKinds[kind]
	if !ok || v.kind() != kindText {
		return v.raw()
	}
	text := v.text()
	for _, try := range []func(string) ([]byte, error){pythonToJSON, asJSON} {
		raw, err := try(text)
		if err == nil && kindOf(raw) == want {
			return raw
		}
	}
	return v.raw()
}

var valueKinds = map[string]kind{
	"integer": kindNumber, "number": kindNumber, "boolean": kindBool, "array": kindArray, "object": kindObject,
}

func asJSON(text string) ([]byte, error) {
	raw := []byte(text)
	return raw, withIndex(raw, func(value) error { return nil })
}

func kindOf(raw []byte) (k kind) {
	// What is no JSON has no kind.
	_ = withIndex(raw, func(v value) error {
		k = v.kind()
		return nil
	})
	return k
}
