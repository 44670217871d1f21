package api

import (
	"fmt"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// ReadMessages reads a list of OpenAI chat messages, the shape most
// scaffolds log. A list may also come as JSON, or as a Python literal,
// inside a string.
func ReadMessages(list pyjson.Value) ([]format.Message, error) {
	var messages []format.Message
	err := Decoded(list, func(list pyjson.Value) error {
		if list.Kind() != pyjson.KindArray {
			return format.Rejectf(format.NoMessages, "messages is %s, not an array", list.Kind())
		}
		messages = make([]format.Message, 0, list.Length())
		for i, v := range list.Elements() {
			m, err := ReadMessage(v)
			if err != nil {
				return format.Within(err, fmt.Sprintf("message %d", i+1))
			}
			messages = append(messages, m)
		}
		return nil
	})
	return messages, err
}

// Roles maps the names in use onto ours. The developer role is what newer
// OpenAI models call system; function is the tool role before 2023-11.
var Roles = map[string]format.Role{
	"system":    format.System,
	"developer": format.System,
	"user":      format.User,
	"assistant": format.Assistant,
	"tool":      format.ToolRole,
	"function":  format.ToolRole,
}

func ReadMessage(v pyjson.Value) (format.Message, error) {
	if v.Kind() != pyjson.KindObject {
		return format.Message{}, format.Rejectf(format.BadMessage, "%s where an object should stand", v.Kind())
	}
	var m format.Message
	var calls, legacy, content pyjson.Value
	for name, member := range v.Members() {
		switch string(name.Bytes()) {
		case "role":
			role, ok := Roles[string(member.Bytes())]
			if !ok {
				return m, format.Rejectf(format.BadRole, "role %q is none of system, developer, user, assistant, tool, function", pyjson.Clip(member.Scalar()))
			}
			m.Role = role
		case "content":
			content = member
		case "tool_calls":
			calls = member
		case "function_call":
			legacy = member
		case "tool_call_id":
			m.CallID = member.Text()
		case "name":
			m.Name = member.Text()
		case "reasoning_content", "reasoning":
			m.Reasoning = member.Text()
		case "weight", "train", "loss_mask", "loss_weight":
			m.Untrained = m.Untrained || Excluded(member)
		}
	}
	if m.Role == "" {
		return m, format.Rejectf(format.BadRole, "no role")
	}
	return m, fill(&m, content, calls, legacy)
}

// fill decodes what depends on the role: the content, and the calls of an
// assistant message.
func fill(m *format.Message, content, calls, legacy pyjson.Value) error {
	if err := FillContent(m, content); err != nil {
		return err
	}
	if m.Role != format.ToolRole {
		m.CallID, m.Name = "", ""
	}
	if m.Role != format.Assistant {
		m.Untrained = false
		return nil
	}
	for _, v := range calls.Elements() {
		call, err := ReadCall(v)
		if err != nil {
			return err
		}
		m.Calls = append(m.Calls, call)
	}
	if calls.Present() && calls.Kind() != pyjson.KindArray {
		return format.Rejectf(format.BadMessage, "tool_calls is %s, not an array", calls.Kind())
	}
	if legacy.Present() {
		call, err := ReadFunction(legacy)
		if err != nil {
			return err
		}
		m.Calls = append(m.Calls, call)
	}
	return nil
}

// Excluded reads a loss flag: false and 0 keep the message out of the loss.
func Excluded(v pyjson.Value) bool {
	if f, ok := v.Float(); ok {
		return f == 0
	}
	return string(v.Raw()) == "false"
}
