package api

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// Google's Gen AI API writes a message as parts: text, functionCall,
// functionResponse. Gemini CLI and Qwen-Code log it. Parts follow one
// another without anything between them.

// ReadParts adds a message's parts to s and returns the results among them.
func (s *MessageBuilder) ReadParts(parts pyjson.Value) (results []format.Message, err error) {
	switch parts.Kind() {
	case pyjson.KindMissing, pyjson.KindNull:
		return nil, nil
	case pyjson.KindText:
		s.Text.WriteString(parts.Text())
		return nil, nil
	case pyjson.KindObject:
		return s.readGenAI(nil, parts)
	case pyjson.KindArray:
		for _, part := range parts.Elements() {
			if results, err = s.readGenAI(results, part); err != nil {
				return nil, err
			}
		}
		return results, nil
	}
	return nil, format.Rejectf(format.BadMessage, "content is %s", parts.Kind())
}

func (s *MessageBuilder) readGenAI(results []format.Message, part pyjson.Value) ([]format.Message, error) {
	if part.Kind() == pyjson.KindText {
		s.Text.WriteString(part.Text())
		return results, nil
	}
	for name, member := range part.Members() {
		switch key := string(name.Bytes()); key {
		case "text":
			if pyjson.IsTrue(part.Get("thought")) {
				s.Think(member.Text())
			} else {
				s.Text.WriteString(member.Text())
			}
		case "functionCall":
			if err := AddCall(&s.Message, member.Get("id"), member.Get("name"), member.Get("args")); err != nil {
				return nil, err
			}
		case "functionResponse":
			results = append(results, readFunctionResponse(member))
			if len(member.Get("parts").Raw()) > len("[ ]") {
				return nil, format.Rejectf(format.ImagePart, "a result with media: only text can be trained on")
			}
		case "inlineData", "fileData":
			return nil, format.Rejectf(format.ImagePart, "a content part with %s: only text can be trained on", key)
		case "executableCode", "codeExecutionResult", "toolCall", "toolResponse":
			return nil, format.Rejectf(format.UnknownPart, "a content part with %s", key)
		}
	}
	return results, nil
}

// readFunctionResponse takes the text out of {output} or {error}; any other
// response is written as JSON.
func readFunctionResponse(v pyjson.Value) format.Message {
	m := format.Message{Role: format.ToolRole, CallID: v.Get("id").Text(), Name: v.Get("name").Text()}
	response := v.Get("response")
	for _, key := range []string{"output", "error"} {
		if text := response.Get(key); text.Kind() == pyjson.KindText && response.Length() == 1 {
			m.Content = text.Text()
			return m
		}
	}
	if response.Present() {
		m.Content = string(pyjson.AppendJSON(nil, response))
	}
	return m
}
