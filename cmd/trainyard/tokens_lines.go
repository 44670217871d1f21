package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
	"trainyard/tokenize/chat"
)

// eachLine answers every line of in. A line that cannot be read ends the
// work: answers and lines must stay side by side.
func (j *tokenJob) eachLine(ctx context.Context, in io.Reader, name string, answer func(*tokenJob, []byte) error) error {
	r := bufio.NewReaderSize(in, 1<<20)
	w := bufio.NewWriterSize(j.t.Out, 1<<20)
	out := *j.t
	out.Out = w
	j.t = &out
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return readError(name, err)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			j.place = fmt.Sprintf("%s:%d", name, n)
			if err := answer(j, line); err != nil {
				return errors.Join(w.Flush(), fmt.Errorf("%s: %w", j.place, err))
			}
		}
		if err != nil || ctx.Err() != nil {
			if len(j.warnings) > 0 {
				j.t.Say("warnings: %s (tokens show --jsonl tells which)", strings.Join(countWords(j.warnings), "; "))
			}
			return errors.Join(w.Flush(), ctx.Err())
		}
	}
}

// An input is one line: text, or a conversation.
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

// read parses a line and, if it is a conversation, applies the template.
func (j *tokenJob) read(line []byte) (in lineInput, conversation bool, err error) {
	if err := readLine(line, &in); err != nil {
		return in, false, err
	}
	if in.Text == nil && in.Messages == nil {
		return in, false, fmt.Errorf(`neither "text" nor "messages" is there`)
	}
	if in.Text != nil {
		return in, false, nil
	}
	if j.template == nil {
		return in, true, usageError{fmt.Errorf("tokenizer %s has no chat template of its own: the Jinja text in its files is not run\nhint: name a built-in one with --template: %s",
			j.tok.Name(), strings.Join(names(chat.Templates), ", "))}
	}
	messages := in.messages()
	if err := readMarks(line, messages); err != nil {
		return in, true, err
	}
	return in, true, j.template.ApplyTools(&j.example, messages, in.tools())
}

// readMarks heeds what a line keeps out of the loss, as the dialects do.
func readMarks(line []byte, messages []format.Message) error {
	return pyjson.WithIndex(line, func(root pyjson.Value) error {
		marks, err := api.ReadTurnMarks(root, len(messages), len(messages) > 0 && messages[0].Role == format.System)
		if err != nil {
			return err
		}
		for i, v := range root.Get("messages").Elements() {
			if err := api.ReadLoss(&messages[i], v); err != nil {
				return format.Within(err, format.Place("message", i))
			}
			marks.Apply(&messages[i], i)
		}
		return nil
	})
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

func countLine(j *tokenJob, line []byte) error {
	in, conversation, err := j.read(line)
	if err != nil {
		return err
	}
	if conversation {
		for _, w := range j.template.Warnings(in.messages()) {
			j.warnings[w.Kind]++
		}
		j.t.Print("{\"tokens\": %d, \"trained_tokens\": %d}\n", len(j.example.IDs), j.example.Trained())
		return nil
	}
	j.t.Print("{\"tokens\": %d}\n", len(j.encode(*in.Text)))
	return nil
}

func encodeLine(j *tokenJob, line []byte) error {
	in, conversation, err := j.read(line)
	if err != nil {
		return err
	}
	if !conversation {
		j.out = appendIDs(append(j.out[:0], `{"ids": `...), j.encode(*in.Text))
		j.out = append(j.out, "}\n"...)
		_, err = j.t.Out.Write(j.out)
		return err
	}
	text, err := j.template.Text(in.messages(), in.tools())
	if err != nil {
		return err
	}
	return j.writeConversation(text)
}

func (j *tokenJob) writeConversation(text string) error {
	quoted, err := quote(text)
	if err != nil {
		return err
	}
	j.out = appendIDs(append(j.out[:0], `{"ids": `...), j.example.IDs)
	j.out = append(append(j.out, `, "text": `...), quoted...)
	j.out = appendSpans(append(j.out, `, "spans": `...), j.example.Spans)
	_, err = j.t.Out.Write(append(j.out, "}\n"...))
	return err
}

func appendIDs(dst []byte, ids []int32) []byte {
	dst = append(dst, '[')
	for i, id := range ids {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = strconv.AppendInt(dst, int64(id), 10)
	}
	return append(dst, ']')
}

func appendSpans(dst []byte, spans []chat.Span) []byte {
	dst = append(dst, '[')
	for i, s := range spans {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = fmt.Appendf(dst, "[%d, %d]", s.Start, s.End)
	}
	return append(dst, ']')
}

// quote writes JSON text without HTML escapes.
func quote(text string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(text)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func decodeLine(j *tokenJob, line []byte) error {
	var in lineInput
	if err := readLine(line, &in); err != nil {
		return err
	}
	for _, id := range in.IDs {
		if id < 0 || int(id) >= j.tok.VocabSize() {
			return fmt.Errorf("%d is no id: %s has %d, from 0", id, j.tok.Name(), j.tok.VocabSize())
		}
	}
	quoted, err := quote(string(j.tok.Decode(in.IDs)))
	j.t.Print("{\"text\": %s}\n", quoted)
	return err
}

// showLine prints a conversation with its trained tokens marked, or a text
// token by token.
func showLine(j *tokenJob, line []byte) error {
	in, conversation, err := j.read(line)
	if err != nil {
		return err
	}
	if !conversation {
		return showText(j, []byte(*in.Text))
	}
	for _, w := range j.template.Warnings(in.messages()) {
		j.t.Say("warning: %s: message %d: %s: %s", j.place, w.Message+1, w.Kind, w.Detail)
	}
	m := newMarker(j.t)
	for i, turn := range j.example.Turns {
		j.t.Print("%s\n%s", m.heading("turn %d  %s  %d tokens", i+1, j.example.Roles[i], turn.Len()), m.tokens(j.tok, &j.example, turn))
	}
	return nil
}
