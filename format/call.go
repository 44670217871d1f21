package format

import (
	"fmt"
	"strings"
)

func readCall(v value) (Call, error) {
	function := v.get("function")
	if !function.present() {
		function = v
	}
	call, err := readFunction(function)
	call.ID = v.get("id").text()
	return call, err
}

func readFunction(v value) (Call, error) {
	call := Call{Name: v.get("name").text()}
	if call.Name == "" {
		return call, reject(BadMessage, "a call without a name")
	}
	var err error
	if call.Arguments, err = readArguments(v.get("arguments")); err != nil {
		err = within(err, fmt.Sprintf("call %q", clip(call.Name)))
	}
	return call, err
}

// readArguments returns a JSON object's bytes as recorded. An empty string
// and a null are how some models say that there are none.
func readArguments(v value) ([]byte, error) {
	switch v.kind() {
	case kindObject:
		return append([]byte(nil), v.raw()...), nil
	case kindMissing, kindNull:
		return []byte("{}"), nil
	case kindText:
		text := strings.TrimSpace(v.text())
		if text == "" {
			return []byte("{}"), nil
		}
		if err := wantObject(text); err != nil {
			return nil, err
		}
		return []byte(text), nil
	}
	return nil, reject(BadArguments, "arguments are %s, not an object", v.kind())
}

func wantObject(text string) error {
	err := withIndex([]byte(text), func(root value) error {
		if root.kind() != kindObject {
			return reject(BadArguments, "arguments are %s, not an object", root.kind())
		}
		return nil
	})
	if syntax, ok := err.(*syntaxError); ok {
		return reject(BadArguments, "arguments are not JSON: %v in %q", syntax, clip(text))
	}
	return err
}
