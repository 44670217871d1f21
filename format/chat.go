package format

import "fmt"

// readMessages reads a list of OpenAI chat messages, the shape most
// scaffolds log. A list may also come as JSON, or as a Python literal,
// inside a string.
func readMessages(list value) ([]Message, error) {
	var messages []Message
	err := decoded(list, func(list value) error {
		if list.kind() != kindArray {
			return reject(NoMessages, "messages is %s, not an array", list.kind())
		}
		messages = make([]Message, 0, list.length())
		for i, v := range list.elements() {
			m, err := readMessage(v)
			if err != nil {
				return within(err, fmt.Sprintf("message %d", i+1))
			}
			messages = append(messages, m)
		}
		return nil
	})
	return messages, err
}

// place names one of a record's numbered parts, counting from 1.
func place(part string, i int) string { return fmt.Sprintf("%s %d", part, i+1) }

// within puts the place inside the record before a Reject's detail.
func within(err error, place string) error {
	if r, ok := err.(*Reject); ok {
		return &Reject{Reason: r.Reason, Detail: place + ": " + r.Detail}
	}
	return fmt.Errorf("%s: %w", place, err)
}

// roles maps the names in use onto ours. The developer role is what newer
// OpenAI models call system; function is the tool role before 2023-11.
var roles = map[string]Role{
	"system":    System,
	"developer": System,
	"user":      User,
	"assistant": Assistant,
	"tool":      ToolRole,
	"function":  ToolRole,
}

func readMessage(v value) (Message, error) {
	if v.kind() != kindObject {
		return Message{}, reject(BadMessage, "%s where an object should stand", v.kind())
	}
	var m Message
	var calls, legacy, content value
	for name, member := range v.members() {
		switch string(name.bytes()) {
		case "role":
			role, ok := roles[string(member.bytes())]
			if !ok {
				return m, reject(BadRole, "role %q is none of system, developer, user, assistant, tool, function", clip(member.scalar()))
			}
			m.Role = role
		case "content":
			content = member
		case "tool_calls":
			calls = member
		case "function_call":
			legacy = member
		case "tool_call_id":
			m.CallID = member.text()
		case "name":
			m.Name = member.text()
		case "reasoning_content", "reasoning":
			m.Reasoning = member.text()
		case "weight", "train", "loss_mask", "loss_weight":
			m.Untrained = m.Untrained || excluded(member)
		}
	}
	if m.Role == "" {
		return m, reject(BadRole, "no role")
	}
	return m, m.fill(content, calls, legacy)
}

// fill decodes what depends on the role: the content, and the calls of an
// assistant message.
func (m *Message) fill(content, calls, legacy value) error {
	if err := m.readContent(content); err != nil {
		return err
	}
	if m.Role != ToolRole {
		m.CallID, m.Name = "", ""
	}
	if m.Role != Assistant {
		m.Untrained = false
		return nil
	}
	for _, v := range calls.elements() {
		call, err := readCall(v)
		if err != nil {
			return err
		}
		m.Calls = append(m.Calls, call)
	}
	if calls.present() && calls.kind() != kindArray {
		return reject(BadMessage, "tool_calls is %s, not an array", calls.kind())
	}
	if legacy.present() {
		call, err := readFunction(legacy)
		if err != nil {
			return err
		}
		m.Calls = append(m.Calls, call)
	}
	return nil
}

// excluded reads a loss flag: false and 0 keep the message out of the loss.
func excluded(v value) bool {
	if f, ok := v.float(); ok {
		return f == 0
	}
	return string(v.raw()) == "false"
}
