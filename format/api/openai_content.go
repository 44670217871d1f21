package api

import (
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// ReadContent reads what stands as the content of a message, text or a list
// of parts, into a message of the assistant's. Its error is a *Reject without a
// place.
func ReadContent(content []byte) (m format.Message, err error) {
	m.Role = format.Assistant
	err = pyjson.WithIndex(content, func(v pyjson.Value) error { return FillContent(&m, v) })
	return m, err
}

// FillContent joins every text part of v by a line end, as the serialisers of
// OpenHands (V0 and V1) and chat servers do that hand text to a template
// (vLLM). OpenAI's parts hold "text"; those of LLaMA-Factory's v1 data hold
// "value", are joined by nothing, and may be tool calls.
func FillContent(m *format.Message, v pyjson.Value) error {
	m.Content, m.Parts = "", 0
	if hasMarkedParts(v) {
		return fillMarked(m, v)
	}
	return AddContent(m, v, "\n")
}

// AddContent puts the text parts of v behind those that m has, with between
// between two of them, and counts them in m.Parts.
func AddContent(m *format.Message, v pyjson.Value, between string) error {
	switch v.Kind() {
	case pyjson.KindMissing, pyjson.KindNull:
		return nil
	case pyjson.KindText, pyjson.KindArray:
	case pyjson.KindObject:
		if m.Role == format.ToolRole { // ms-swift prints results that are objects
			m.Content, m.Parts = string(pyjson.AppendJSON(nil, v)), 1
			return nil
		}
		fallthrough
	default:
		return format.Rejectf(format.BadMessage, "content is %s", v.Kind())
	}
	if v.Kind() == pyjson.KindText && m.Parts == 0 {
		m.Content, m.Parts = v.Text(), 1
		return nil
	}
	j := partJoiner{m: m, between: between}
	j.write(m.Content)
	err := j.read(v)
	m.Content = j.text()
	return err
}

// A partJoiner makes one text of a message's parts.
type partJoiner struct {
	m       *format.Message
	between string
	pieces  []string // of the text
	size    int      // of them all
	untyped bool     // a part without a type is text
}

func (j *partJoiner) add(text, between string) {
	if j.m.Parts > 0 {
		j.write(between)
	}
	j.write(text)
	j.m.Parts++
}

func (j *partJoiner) write(piece string) {
	if piece != "" {
		j.pieces = append(j.pieces, piece)
		j.size += len(piece)
	}
}

// text is all that was written; a lone part, as most messages have, is not
// copied.
func (j *partJoiner) text() string { return strings.Join(j.pieces, "") }

// read adds one part, or each of a list of them.
func (j *partJoiner) read(part pyjson.Value) error {
	switch part.Kind() {
	case pyjson.KindText:
		j.add(part.Text(), j.between)
		return nil
	case pyjson.KindArray:
		for _, inner := range part.Elements() {
			if err := j.read(inner); err != nil {
				return err
			}
		}
		return nil
	}
	return j.readTyped(part)
}

func (j *partJoiner) readTyped(part pyjson.Value) error {
	kind := partKind(part)
	if kind == "" && j.untyped {
		kind = "text"
	}
	switch kind {
	case "text", "input_text", "output_text":
		if body := part.Get("text"); body.Present() {
			j.add(body.Text(), j.between)
		} else {
			j.add(part.Get("value").Text()+part.Get("content").Text(), "")
		}
	case "reasoning", "thinking":
		j.m.Reasoning += part.Get("value").Text() + part.Get("thinking").Text()
	case "tool_call":
		return readCallPart(j.m, part.Get("value"))
	default:
		return refusePart(kind)
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
