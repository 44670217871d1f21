package api

import (
	"cmp"
	"fmt"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// ReadMessages reads a list of OpenAI chat messages, the shape most
// scaffolds log. A list may also come as JSON, or as a Python literal,
// inside a string.
func ReadMessages(list pyjson.Value) ([]format.Message, error) {
	return ReadMessagesOf(pyjson.Value{}, list)
}

// ReadMessagesOf is ReadMessages for a record that may have marks of what is
// learned from beside its list.
func ReadMessagesOf(record, list pyjson.Value) ([]format.Message, error) {
	var messages []format.Message
	err := Decoded(list, func(list pyjson.Value) error {
		if list.Kind() != pyjson.KindArray {
			return format.Rejectf(format.NoMessages, "messages is %s, not an array", list.Kind())
		}
		messages = make([]format.Message, 0, list.Length())
		marks, err := ReadTurnMarks(record, list.Length(), pyjson.FirstOf(list).Get("role").Text() == string(format.System))
		if err != nil {
			return err
		}
		for i, v := range list.Elements() {
			last := len(messages) - 1
			messages = append(messages, format.Message{})
			m := &messages[last+1]
			alone, err := readEntry(m, v)
			if err != nil {
				return format.Within(err, fmt.Sprintf("message %d", i+1))
			}
			marks.Apply(m, i)
			if alone && last >= 0 && messages[last].Role == format.Assistant && messages[last].Untrained == m.Untrained {
				messages[last].Calls = append(messages[last].Calls, m.Calls...)
				messages = messages[:last+1]
			}
		}
		return nil
	})
	return messages, err
}

// readEntry reads one entry of a list of messages into m: an object, or its JSON
// in a string. alone says that it is a call with a role of its own: calls that
// follow the assistant's text, or one another, are one turn with it.
func readEntry(m *format.Message, v pyjson.Value) (alone bool, err error) {
	if v.Kind() != pyjson.KindText {
		return isCallRole(v.Get("role")), readMessage(m, v)
	}
	err = Decoded(v, func(v pyjson.Value) error {
		alone = isCallRole(v.Get("role"))
		return readMessage(m, v)
	})
	if r, ok := err.(*format.Reject); ok && r.Reason == format.NotJSON {
		err = format.Rejectf(format.BadMessage, "a string where an object should stand: %q", pyjson.Clip(v.Text()))
	}
	return alone, err
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

// trainerRoles are those that ms-swift and LLaMA-Factory have besides. The
// content of an assistant's is a call, {name, arguments}, a list of such, or the
// JSON of either.
var trainerRoles = map[string]format.Role{
	"tool_call":     format.Assistant,
	"function_call": format.Assistant,
	"tool_response": format.ToolRole,
	"observation":   format.ToolRole,
}

// isCallRole says that a message is a call and nothing else.
func isCallRole(role pyjson.Value) bool {
	return trainerRoles[string(role.Bytes())] == format.Assistant
}

// ReadMessage reads one message of OpenAI's chat API, and what trainers add to it:
// their roles of calls and results, and marks of the loss.
func ReadMessage(v pyjson.Value) (m format.Message, err error) {
	err = readMessage(&m, v)
	return m, err
}

// readMessage is ReadMessage into a message that is empty.
func readMessage(m *format.Message, v pyjson.Value) error {
	if v.Kind() != pyjson.KindObject {
		return format.Rejectf(format.BadMessage, "%s where an object should stand", v.Kind())
	}
	var loss *Loss // nil where no member says anything: most messages
	var calls, legacy, content pyjson.Value
	for name, member := range v.Members() {
		switch string(name.Bytes()) {
		case "role":
			role, ok := Roles[string(member.Bytes())]
			if !ok {
				role, ok = trainerRoles[string(member.Bytes())]
			}
			if !ok {
				return format.Rejectf(format.BadRole, "role %q is none of system, developer, user, assistant, tool, function, tool_call, tool_response", pyjson.Clip(member.Scalar()))
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
		case "images", "videos", "audios", "audio":
			if member.Length() > 0 {
				return format.Rejectf(format.ImagePart, "a message with %q: only text can be trained on", name.Text())
			}
		default:
			if loss = loss.readMember(name.Bytes(), member); isThought(string(name.Bytes())) {
				addThought(m, member)
			}
		}
	}
	if m.Role == "" {
		return format.Rejectf(format.BadRole, "no role")
	}
	if isCallRole(v.Get("role")) {
		m.CallID, m.Name = "", ""
		err := ReadCallText(m, content)
		return cmp.Or(err, loss.Apply(m))
	}
	err := fill(m, content, calls, legacy)
	return cmp.Or(err, loss.Apply(m))
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
		return nil
	}
	if err := readCalls(m, calls); err != nil {
		return err
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
