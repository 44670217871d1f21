package format

import "strings"

// Anthropic writes a message as blocks: text, thinking, tool_use, and, in a
// user's message, tool_result. One such message may be several of ours.

// readBlocks returns the messages that one role's content holds, in order.
// Texts of neighbouring blocks are joined by a newline.
func readBlocks(role Role, content value) ([]Message, error) {
	switch content.kind() {
	case kindText:
		return []Message{{Role: role, Content: content.text()}}, nil
	case kindArray:
	default:
		return nil, reject(BadMessage, "content is %s", content.kind())
	}
	var list []Message
	spoken := Message{Role: role}
	empty := true
	for _, block := range content.elements() {
		if block.get("type").text() != "tool_result" {
			empty = false
			if err := spoken.readBlock(block); err != nil {
				return nil, err
			}
			continue
		}
		if !empty {
			list = append(list, spoken)
			spoken, empty = Message{Role: role}, true
		}
		result, err := readResult(block)
		if err != nil {
			return nil, err
		}
		list = append(list, result)
	}
	if !empty {
		list = append(list, spoken)
	}
	return list, nil
}

func (m *Message) readBlock(block value) error {
	if block.kind() == kindText {
		m.Content = joinLines(m.Content, block.text())
		return nil
	}
	switch kind := block.get("type").text(); kind {
	case "text":
		m.Content = joinLines(m.Content, block.get("text").text())
	case "thinking":
		m.Reasoning = joinLines(m.Reasoning, block.get("thinking").text())
	case "redacted_thinking":
		// Encrypted: there is no text to keep.
	case "tool_use":
		return m.addCall(block.get("id"), block.get("name"), block.get("input"))
	case "image", "document":
		return reject(ImagePart, "a content block of type %q: only text can be trained on", kind)
	default:
		return reject(UnknownPart, "a content block of type %q", clip(kind))
	}
	return nil
}

// addCall appends a call whose arguments are an object, or JSON text of one.
func (m *Message) addCall(id, name, arguments value) error {
	call := Call{ID: id.scalar(), Name: name.text()}
	if m.Role != Assistant {
		return reject(BadMessage, "a call in a message of role %s", m.Role)
	}
	if call.Name == "" {
		return reject(BadMessage, "a call without a name")
	}
	var err error
	if call.Arguments, err = readArguments(arguments); err != nil {
		return within(err, "call "+clip(call.Name))
	}
	m.Calls = append(m.Calls, call)
	return nil
}

func readResult(block value) (Message, error) {
	m := Message{Role: ToolRole, CallID: block.get("tool_use_id").text()}
	var err error
	m.Content, err = blockText(block.get("content"))
	return m, err
}

// blockText joins the text blocks of content that must hold nothing else.
func blockText(content value) (string, error) {
	switch content.kind() {
	case kindMissing, kindNull:
		return "", nil
	case kindText:
		return content.text(), nil
	case kindArray:
	default:
		return "", reject(BadMessage, "content is %s", content.kind())
	}
	var text Message
	for _, block := range content.elements() {
		if kind := block.get("type").text(); kind == "input_text" || kind == "output_text" {
			text.Content = joinLines(text.Content, block.get("text").text())
			continue
		}
		if err := text.readBlock(block); err != nil {
			return "", err
		}
	}
	return text.Content, nil
}

// joinLines puts a newline between two texts, nothing beside an empty one.
func joinLines(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	var s strings.Builder
	s.Grow(len(a) + len(b) + 1)
	s.WriteString(a)
	s.WriteByte('\n')
	s.WriteString(b)
	return s.String()
}
