package format

// Google's Gen AI API writes a message as parts: text, functionCall,
// functionResponse. Gemini CLI and Qwen-Code log it. Parts follow one
// another without anything between them.

// readParts adds a message's parts to s and returns the results among them.
func (s *speech) readParts(parts value) (results []Message, err error) {
	switch parts.kind() {
	case kindMissing, kindNull:
		return nil, nil
	case kindText:
		s.text.WriteString(parts.text())
		return nil, nil
	case kindObject:
		return s.readGenAI(nil, parts)
	case kindArray:
		for _, part := range parts.elements() {
			if results, err = s.readGenAI(results, part); err != nil {
				return nil, err
			}
		}
		return results, nil
	}
	return nil, reject(BadMessage, "content is %s", parts.kind())
}

func (s *speech) readGenAI(results []Message, part value) ([]Message, error) {
	if part.kind() == kindText {
		s.text.WriteString(part.text())
		return results, nil
	}
	for name, member := range part.members() {
		switch key := string(name.bytes()); key {
		case "text":
			if isTrue(part.get("thought")) {
				s.think(member.text())
			} else {
				s.text.WriteString(member.text())
			}
		case "functionCall":
			if err := s.addCall(member.get("id"), member.get("name"), member.get("args")); err != nil {
				return nil, err
			}
		case "functionResponse":
			results = append(results, readFunctionResponse(member))
			if len(member.get("parts").raw()) > len("[ ]") {
				return nil, reject(ImagePart, "a result with media: only text can be trained on")
			}
		case "inlineData", "fileData":
			return nil, reject(ImagePart, "a content part with %s: only text can be trained on", key)
		case "executableCode", "codeExecutionResult", "toolCall", "toolResponse":
			return nil, reject(UnknownPart, "a content part with %s", key)
		}
	}
	return results, nil
}

// readFunctionResponse takes the text out of {output} or {error}; any other
// response is written as JSON.
func readFunctionResponse(v value) Message {
	m := Message{Role: ToolRole, CallID: v.get("id").text(), Name: v.get("name").text()}
	response := v.get("response")
	for _, key := range []string{"output", "error"} {
		if text := response.get(key); text.kind() == kindText && response.length() == 1 {
			m.Content = text.text()
			return m
		}
	}
	if response.present() {
		m.Content = string(appendJSON(nil, response))
	}
	return m
}
