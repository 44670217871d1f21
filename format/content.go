package format

import "strings"

// ReadContent reads what stands as the content of a message, text or a list
// of parts, into a message without a role. Its error is a *Reject without a
// place.
func ReadContent(content []byte) (m Message, err error) {
	err = withIndex(content, func(v value) error { return m.readContent(v) })
	return m, err
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
