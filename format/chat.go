package format

import (
	"fmt"
	"strings"
)

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

// readContent joins every text part. OpenAI's parts hold "text"; those of
// LLaMA-Factory's v1 data hold "value", and tool calls as parts.
func (m *Message) readContent(v value) error {
	switch v.kind() {
	case kindMissing, kindNull:
		return nil
	case kindText:
		m.Content = v.text()
		return nil
	case kindArray:
	default:
		return reject(BadMessage, "content is %s", v.kind())
	}
	var text strings.Builder
	for _, part := range v.elements() {
		if err := m.readPart(&text, part); err != nil {
			return err
		}
	}
	m.Content = text.String()
	return nil
}

func (m *Message) readPart(text *strings.Builder, part value) error {
	if part.kind() == kindText {
		text.WriteString(part.text())
		return nil
	}
	if part.kind() == kindArray {
		for _, inner := range part.elements() {
			if err := m.readPart(text, inner); err != nil {
				return err
			}
		}
		return nil
	}
	switch kind := part.get("type").text(); kind {
	case "text", "input_text", "output_text":
		body := part.get("text")
		if !body.present() {
			body = part.get("value")
		}
		text.WriteString(body.text())
	case "reasoning", "thinking":
		m.Reasoning += part.get("value").text() + part.get("thinking").text()
	case "tool_call":
		return m.readCallPart(part.get("value"))
	case "image", "image_url", "input_image", "video", "video_url", "audio", "input_audio", "file", "input_file":
		return reject(ImagePart, "a content part of type %q: only text can be trained on", kind)
	default:
		return reject(UnknownPart, "a content part of type %q", clip(kind))
	}
	return nil
}

// readCallPart reads a LLaMA-Factory v1 call: JSON text {name, arguments}.
func (m *Message) readCallPart(v value) error {
	return decoded(v, func(v value) error {
		call, err := readFunction(v)
		if err == nil {
			m.Calls = append(m.Calls, call)
		}
		return err
	})
}

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

// decoded hands v to use, or what v's text holds when it is a string: JSON
// (Parquet's JSON columns) or a Python literal (columns that went through
// str()).
func decoded(v value, use func(value) error) error {
	if v.kind() != kindText {
		return use(v)
	}
	text := v.text()
	err := withIndex([]byte(text), use)
	syntax, broken := err.(*syntaxError)
	if !broken {
		return err
	}
	literal, err := pythonToJSON(text)
	if err != nil {
		return reject(NotJSON, "a string that should hold JSON: %v; nor is it a Python literal: %v", syntax, err)
	}
	return withIndex(literal, use)
}

// readTools returns a tool list as recorded, without the null members that
// Arrow pads structs with; nil where there is none.
func readTools(v value) ([]byte, error) {
	var tools []byte
	err := decoded(v, func(v value) error {
		switch {
		case !v.present() || v.kind() == kindArray && v.length() == 0:
			return nil
		case v.kind() != kindArray:
			return reject(BadTools, "tools is %s, not an array", v.kind())
		}
		for i, tool := range v.elements() {
			if tool.kind() != kindObject {
				return reject(BadTools, "tool %d is %s, not an object", i+1, tool.kind())
			}
		}
		tools = withoutNulls(make([]byte, 0, len(v.raw())), v)
		return nil
	})
	return tools, err
}

// withoutNulls appends v with the null members of its objects left out;
// nulls in arrays (an enum's) stay.
func withoutNulls(dst []byte, v value) []byte {
	switch v.kind() {
	case kindArray:
		dst = append(dst, '[')
		for i, element := range v.elements() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = withoutNulls(dst, element)
		}
		return append(dst, ']')
	case kindObject:
		dst = append(dst, '{')
		first := true
		for name, member := range v.members() {
			if member.kind() == kindNull {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(append(dst, name.raw()...), ':')
			dst = withoutNulls(dst, member)
		}
		return append(dst, '}')
	}
	return append(dst, v.raw()...)
}
