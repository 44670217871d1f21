package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
)

// toolsJSON describes the agent's four tools in OpenAI shape.
//
//go:embed tools.json
var toolsJSON []byte

// A message is one turn in OpenAI shape.
type message struct {
	Role       string     `json:"role"`
	Content    any        `json:"content"` // string, or []part
	ToolCalls  []toolCall `json:"tool_calls,omitempty"`
	ToolCallID string     `json:"tool_call_id,omitempty"`
	Name       string     `json:"name,omitempty"`
}

type toolCall struct {
	ID       string   `json:"id"`
	Type     string   `json:"type"`
	Function function `json:"function"`
}

type function struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// A part is a piece of content as scaffolds with prompt caching write it.
type part struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// A call is what the script wants done, before it has an id.
type call struct {
	Tool string
	Args any
}

type bashArgs struct {
	Command string `json:"command"`
}

type editorArgs struct {
	Command    string `json:"command"`
	Path       string `json:"path"`
	ViewRange  []int  `json:"view_range,omitempty"`
	OldStr     string `json:"old_str,omitempty"`
	NewStr     string `json:"new_str,omitempty"`
	InsertLine int    `json:"insert_line,omitempty"`
}

type thinkArgs struct {
	Thought string `json:"thought"`
}

type finishArgs struct {
	Message string `json:"message"`
}

func bash(command string, args ...any) call {
	return call{"execute_bash", bashArgs{fmt.Sprintf(command, args...)}}
}

func editor(args editorArgs) call { return call{"str_replace_editor", args} }

// compact encodes a value on one line. HTML escaping is off, so that a
// <|im_end|> in a text is one in the file too.
func compact(value any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// inParts writes system, user and tool contents as lists of one text part.
func inParts(messages []message) []message {
	out := make([]message, len(messages))
	for i, m := range messages {
		if m.Role != "assistant" {
			m.Content = []part{{"text", m.Content.(string)}}
		}
		out[i] = m
	}
	return out
}
