package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"trainyard/format"
	"trainyard/format/api"
)

// A lineInput is one line of tokens --jsonl: text, or a conversation.
type lineInput struct {
	Text     *string         `json:"text"`
	Messages []lineMessage   `json:"messages"`
	Tools    json.RawMessage `json:"tools"`
	IDs      []int32         `json:"ids"`
}

type lineMessage struct {
	Role      string      `json:"role"`
	Content   lineContent `json:"content"`
	ToolCalls []lineCall  `json:"tool_calls"`
	Reasoning string      `json:"reasoning_content"`
}

// lineContent is text, or the parts of one.
type lineContent struct {
	text, reasoning string
	read            format.Message // what parts say of themselves
}

func (c *lineContent) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &c.text)
	}
	m, err := api.ReadContent(raw)
	if err == nil && len(m.Calls) > 0 {
		err = errors.New("a call stands among the parts: write it as tool_calls")
	}
	if err != nil {
		return fmt.Errorf("messages.content: %w: %s", err, seen(raw))
	}
	c.text, c.reasoning, c.read = m.Content, m.Reasoning, m
	return nil
}

type lineCall struct {
	Function struct {
		Name      string          `json:"name"`
		Arguments json.RawMessage `json:"arguments"`
	} `json:"function"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

func (m lineMessage) message() format.Message {
	out := format.Message{Role: format.Role(m.Role), Content: m.Content.text, Reasoning: m.Reasoning + m.Content.reasoning}
	if read := m.Content.read; out.Role == format.Assistant {
		out.Untrained, out.Masked, out.UntrainedThought = read.Untrained, read.Masked, read.UntrainedThought
	}
	for _, c := range m.ToolCalls {
		call := format.Call{Name: c.Function.Name, Arguments: c.Function.Arguments}
		if call.Name == "" {
			call = format.Call{Name: c.Name, Arguments: c.Arguments}
		}
		out.Calls = append(out.Calls, call)
	}
	return out
}

// readLine tells a member of the wrong type in the words of the line.
func readLine(line []byte, in *lineInput) error {
	err := json.Unmarshal(line, in)
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return err
	}
	got := seen(valueAt(line, wrong.Offset))
	if wrong.Field == "" {
		return fmt.Errorf("a line is one JSON object, this is %s", got)
	}
	return fmt.Errorf("%s: want %s, got %s", wrong.Field, kindWords[wrong.Type.Kind()], got)
}

// kindWords are the types of lineInput as people write them.
var kindWords = map[reflect.Kind]string{
	reflect.String: "text", reflect.Slice: "a list", reflect.Struct: "an object",
	reflect.Int32: "a number that is an id", reflect.Float64: "a number", reflect.Bool: "true or false",
}

// valueAt is the line from the value on that the reader had met at offset.
func valueAt(line []byte, offset int64) []byte {
	d := json.NewDecoder(bytes.NewReader(line))
	for {
		start := d.InputOffset()
		if _, err := d.Token(); err != nil {
			return line
		}
		if end := d.InputOffset(); end >= offset {
			if value := bytes.TrimLeft(line[start:end], " \t,:"); value[0] != '{' && value[0] != '[' {
				return value
			}
			return bytes.TrimLeft(line[start:], " \t,:")
		}
	}
}

// seen is the beginning of a value, for a message.
func seen(value []byte) string {
	const most = 40
	if len(value) > most {
		return strings.ToValidUTF8(string(value[:most]), "") + "…"
	}
	return string(value)
}

func (in lineInput) messages() []format.Message {
	messages := make([]format.Message, len(in.Messages))
	for i, m := range in.Messages {
		messages[i] = m.message()
	}
	return messages
}

// tools leaves out a null, which in JSON means that there are none.
func (in lineInput) tools() json.RawMessage {
	if string(in.Tools) == "null" {
		return nil
	}
	return in.Tools
}
