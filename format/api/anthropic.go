package api

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// Anthropic writes a message as blocks: text, thinking, tool_use, and, in a
// user's message, tool_result. One such message may be several of ours.

// ReadBlocks returns the messages that one role's content holds, in order.
// Texts of neighbouring blocks are joined by a newline.
func ReadBlocks(role format.Role, content pyjson.Value) ([]*MessageBuilder, error) {
	at := &MessageBuilder{Message: format.Message{Role: role}}
	switch content.Kind() {
	case pyjson.KindText:
		at.Say(content.Text())
		return []*MessageBuilder{at}, nil
	case pyjson.KindArray:
	default:
		return nil, format.Rejectf(format.BadMessage, "content is %s", content.Kind())
	}
	var list []*MessageBuilder
	started := false
	for _, block := range content.Elements() {
		if block.Get("type").Text() != "tool_result" {
			if !started {
				at, started = &MessageBuilder{Message: format.Message{Role: role}}, true
				list = append(list, at)
			}
			if err := at.ReadBlock(block); err != nil {
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

// ReadBlock adds one block of an assistant's turn: text, a thought or a call. Any
// other is a Reject.
func (s *MessageBuilder) ReadBlock(block pyjson.Value) error {
	if block.Kind() == pyjson.KindText {
		s.Say(block.Text())
		return nil
	}
	switch kind := block.Get("type").Text(); kind {
	case "text":
		s.Say(block.Get("text").Text())
	case "thinking":
		s.Think(block.Get("thinking").Text())
	case "redacted_thinking":
		// Encrypted: there is no text to keep.
	case "tool_use":
		return AddCall(&s.Message, block.Get("id"), block.Get("name"), block.Get("input"))
	default:
		return refusePart(kind)
	}
	return nil
}

// AddCall appends a call whose arguments are an object, or JSON text of one.
func AddCall(m *format.Message, id, name, arguments pyjson.Value) error {
	call := format.Call{ID: id.Scalar(), Name: name.Text()}
	if m.Role != format.Assistant {
		return format.Rejectf(format.BadMessage, "a call in a message of role %s", m.Role)
	}
	if call.Name == "" {
		return format.Rejectf(format.BadMessage, "a call without a name")
	}
	var err error
	if call.Arguments, err = ReadArguments(arguments); err != nil {
		return format.Within(err, "call "+pyjson.Clip(call.Name))
	}
	m.Calls = append(m.Calls, call)
	return nil
}

func readResult(block pyjson.Value) (*MessageBuilder, error) {
	text, err := BlockText(block.Get("content"))
	s := &MessageBuilder{Message: format.Message{Role: format.ToolRole, CallID: block.Get("tool_use_id").Text()}}
	s.Say(text)
	return s, err
}

// BlockText joins the text blocks of content that must hold nothing else.
func BlockText(content pyjson.Value) (string, error) {
	switch content.Kind() {
	case pyjson.KindMissing, pyjson.KindNull:
		return "", nil
	case pyjson.KindText:
		return content.Text(), nil
	case pyjson.KindArray:
	default:
		return "", format.Rejectf(format.BadMessage, "content is %s", content.Kind())
	}
	var s MessageBuilder
	for _, block := range content.Elements() {
		if kind := block.Get("type").Text(); kind == "input_text" || kind == "output_text" {
			s.Say(block.Get("text").Text())
		} else if err := s.ReadBlock(block); err != nil {
			return "", err
		}
	}
	return s.Text.String(), nil
}
