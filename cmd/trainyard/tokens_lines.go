package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
