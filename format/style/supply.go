package style

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// Supply puts the system text and the tools of opt in their places, as Render
// does, and leaves everything structured, thoughts included unless they are to
// be dropped. The trajectory given stays as it is.
// The error is a *Reject without a place: what the agent had is neither in the
// record nor given.
func Supply(t *format.Trajectory, opt RenderOptions) (supplied *format.Trajectory, notes []string, err error) {
	p := newChatWriter(t, opt)
	supplied = p.supplied(t)
	supplied.Messages = p.settleStructured(supplied.Messages)
	return supplied, p.notes, p.missing(supplied, Rendering{})
}

// ReadSystem reads a file with a system text. Line breaks at its end belong
// to the file, not to the text.
func ReadSystem(file []byte) (string, error) {
	text := strings.TrimRight(pyjson.ValidText(string(file)), "\r\n")
	if text == "" {
		return "", errors.New("the file is empty")
	}
	return text, nil
}

// ReadTools reads a file with a JSON list of tool descriptions, each with a
// name.
func ReadTools(file []byte) (json.RawMessage, error) {
	var tools []byte
	err := pyjson.WithIndex(file, func(root pyjson.Value) (err error) {
		for i, tool := range root.Elements() {
			if tool.Kind() == pyjson.KindObject && protocol.DescribedFunction(tool).Get("name").Text() == "" {
				return fmt.Errorf("tool %d has no name: %s", i+1, pyjson.Clip(string(tool.Raw())))
			}
		}
		tools, err = api.ReadTools(root)
		return err
	})
	if err == nil && tools == nil {
		err = errors.New("the list of tools is empty")
	}
	return tools, err
}

// supplyHint names both ways to give what a record lacks; key and flag are one.
func supplyHint(key string) string {
	return fmt.Sprintf("supply %s: FILE in the recipe, --%s FILE on the command line", key, key)
}
