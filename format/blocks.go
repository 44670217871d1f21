package format

// Anthropic writes a message as blocks: text, thinking, tool_use, and, in a
// user's message, tool_result. One such message may be several of ours.

// readBlocks returns the messages that one role's content holds, in order.
// Texts of neighbouring blocks are joined by a newline.
func readBlocks(role Role, content value) ([]*speech, error) {
	at := &speech{Message: Message{Role: role}}
	switch content.kind() {
	case kindText:
		at.say(content.text())
		return []*speech{at}, nil
	case kindArray:
	default:
		return nil, reject(BadMessage, "content is %s", content.kind())
	}
	var list []*speech
	started := false
	for _, block := range content.elements() {
		if block.get("type").text() != "tool_result" {
			if !started {
				at, started = &speech{Message: Message{Role: role}}, true
				list = append(list, at)
			}
			if err := at.readBlock(block); err != nil {
				return nil, err
			}
			continue
		}
		started = false
		result, err := readResult(block)
		if err != nil {
			return nil, err
		}
		list = append(list, result)
	}
	return list, nil
}

func (s *speech) readBlock(block value) error {
	if block.kind() == kindText {
		s.say(block.text())
		return nil
	}
	switch kind := block.get("type").text(); kind {
	case "text":
		s.say(block.get("text").text())
	case "thinking":
		s.think(block.get("thinking").text())
	case "redacted_thinking":
		// Encrypted: there is no text to keep.
	case "tool_use":
		return s.addCall(block.get("id"), block.get("name"), block.get("input"))
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

func readResult(block value) (*speech, error) {
	text, err := blockText(block.get("content"))
	s := &speech{Message: Message{Role: ToolRole, CallID: block.get("tool_use_id").text()}}
	s.say(text)
	return s, err
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
	var s speech
	for _, block := range content.elements() {
		if kind := block.get("type").text(); kind == "input_text" || kind == "output_text" {
			s.say(block.get("text").text())
		} else if err := s.readBlock(block); err != nil {
			return "", err
		}
	}
	return s.text.String(), nil
}
