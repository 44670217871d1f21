package api

import (
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// ReadContent reads what stands as the content of a message, text or a list
// of parts, into a message without a role. Its error is a *Reject without a
// place.
func ReadContent(content []byte) (m format.Message, err error) {
	err = pyjson.WithIndex(content, func(v pyjson.Value) error { return FillContent(&m, v) })
	return m, err
}

// FillContent joins every text part. OpenAI's parts hold "text"; those of
// LLaMA-Factory's v1 data hold "value", and tool calls as parts.
func FillContent(m *format.Message, v pyjson.Value) error {
	switch v.Kind() {
	case pyjson.KindMissing, pyjson.KindNull:
		return nil
	case pyjson.KindText:
		m.Content = v.Text()
		return nil
	case pyjson.KindArray:
	default:
		return format.Rejectf(format.BadMessage, "content is %s", v.Kind())
	}
	var text strings.Builder
	for _, part := range v.Elements() {
		if err := readPart(m, &text, part); err != nil {
			return err
		}
	}
	m.Content = text.String()
	return nil
}

func readPart(m *format.Message, text *strings.Builder, part pyjson.Value) error {
	if part.Kind() == pyjson.KindText {
		text.WriteString(part.Text())
		return nil
	}
	if part.Kind() == pyjson.KindArray {
		for _, inner := range part.Elements() {
			if err := readPart(m, text, inner); err != nil {
				return err
			}
		}
		return nil
	}
	switch kind := part.Get("type").Text(); kind {
	case "text", "input_text", "output_text":
		body := part.Get("text")
		if !body.Present() {
			body = part.Get("value")
		}
		text.WriteString(body.Text())
	case "reasoning", "thinking":
		m.Reasoning += part.Get("value").Text() + part.Get("thinking").Text()
	case "tool_call":
		return readCallPart(m, part.Get("value"))
	case "image", "image_url", "input_image", "video", "video_url", "audio", "input_audio", "file", "input_file":
		return format.Rejectf(format.ImagePart, "a content part of type %q: only text can be trained on", kind)
	default:
		return format.Rejectf(format.UnknownPart, "a content part of type %q", pyjson.Clip(kind))
	}
	return nil
}

// readCallPart reads a LLaMA-Factory v1 call: JSON text {name, arguments}.
func readCallPart(m *format.Message, v pyjson.Value) error {
	return Decoded(v, func(v pyjson.Value) error {
		call, err := ReadFunction(v)
		if err == nil {
			m.Calls = append(m.Calls, call)
		}
		return err
	})
}

// Decoded hands v to use, or what v's text holds when it is a string: JSON
// (Parquet's JSON columns) or a Python literal (columns that went through
// str()).
func Decoded(v pyjson.Value, use func(pyjson.Value) error) error {
	if v.Kind() != pyjson.KindText {
		return use(v)
	}
	text := v.Text()
	err := pyjson.WithIndex([]byte(text), use)
	syntax, broken := err.(*pyjson.SyntaxError)
	if !broken {
		return err
	}
	literal, err := pyjson.PythonToJSON(text)
	if err != nil {
		return format.Rejectf(format.NotJSON, "a string that should hold JSON: %v; nor is it a Python literal: %v", syntax, err)
	}
	return pyjson.WithIndex(literal, use)
}
