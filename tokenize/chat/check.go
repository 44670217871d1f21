package chat

import (
	"bytes"
	"encoding/json"
	"fmt"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// check refuses what the template could only render by losing or inventing
// something, and reduces an empty tool list to nil.
func (t *Template) check(messages []format.Message, tools json.RawMessage) (json.RawMessage, error) {
	if len(messages) == 0 {
		return nil, fmt.Errorf("chat template %q: no messages", t.name)
	}
	tools, err := toolList(tools)
	if err != nil {
		return nil, err
	}
	if tools != nil && t.layout.noTools {
		return nil, fmt.Errorf("chat template %q has no place for tools: render them into text first", t.name)
	}
	for i := range messages {
		if err := t.checkMessage(&messages[i]); err != nil {
			return nil, fmt.Errorf("messages[%d]: %w", i, err)
		}
	}
	return tools, nil
}

func (t *Template) checkMessage(m *format.Message) error {
	switch m.Role {
	case format.System, format.User, format.Assistant, format.ToolRole:
	default:
		return fmt.Errorf("unknown role %q", m.Role)
	}
	if len(m.Calls) == 0 {
		return nil
	}
	if t.layout.noTools {
		return fmt.Errorf("chat template %q has no place for calls: render them into text first", t.name)
	}
	if m.Role != format.Assistant {
		return fmt.Errorf("role %q cannot call tools", m.Role)
	}
	for _, c := range m.Calls {
		if err := pyjson.Check(c.Arguments); err != nil {
			return fmt.Errorf("arguments of call %q are not JSON: %q: %w", c.Name, c.Arguments, err)
		}
	}
	return nil
}

// toolList accepts an array; an absent one, null and [] mean no tools.
func toolList(tools json.RawMessage) (json.RawMessage, error) {
	tools = bytes.TrimSpace(tools)
	if len(tools) == 0 || string(tools) == "null" {
		return nil, nil
	}
	list, err := pyjson.ElementsOf(tools)
	if err != nil {
		return nil, fmt.Errorf("tools are not a JSON array: %w: %.40q", err, tools)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return tools, nil
}
