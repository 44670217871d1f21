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
	"trainyard/mix/convert"
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

// read takes a line to its tokens, if it is a conversation: then text is nil.
func (j *tokenJob) read(line []byte) (text *string, done convert.Result, err error) {
	j.in = lineInput{}
	if err := readLine(line, &j.in); err != nil {
		return nil, done, err
	}
	if j.in.Text == nil && j.in.Messages == nil {
		return nil, done, fmt.Errorf(`neither "text" nor "messages" is there`)
	}
	if j.in.Text != nil {
		return j.in.Text, done, nil
	}
	if j.road == nil {
		return nil, done, usageError{fmt.Errorf("tokenizer %s has no chat template of its own: the Jinja text in its files is not run\nhint: name a built-in one with --template: %s",
			j.tok.Name(), strings.Join(names(chat.Templates), ", "))}
	}
	done = j.road.Convert(format.Record{Raw: line}, convert.Tokenised)
	return nil, done, done.Err
}

// conversation is the line as it stands, with what it keeps out of the loss.
func (j *tokenJob) conversation(rec format.Record) (*format.Trajectory, error) {
	t := &format.Trajectory{Messages: j.in.messages(), Tools: j.in.tools()}
	return t, readMarks(rec.Raw, t.Messages)
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
	text, done, err := j.read(line)
	switch {
	case err != nil:
		return err
	case text != nil:
		j.t.Print("{\"tokens\": %d}\n", len(j.encode(*text)))
		return nil
	}
	for _, w := range j.road.Template().Warnings(done.Traj.Messages) {
		j.warnings[w.Kind]++
	}
	j.t.Print("{\"tokens\": %d, \"trained_tokens\": %d}\n", len(done.Example.IDs), done.Example.Trained())
	return nil
}

func encodeLine(j *tokenJob, line []byte) error {
	text, done, err := j.read(line)
	switch {
	case err != nil:
		return err
	case text != nil:
		j.out = appendIDs(append(j.out[:0], `{"ids": `...), j.encode(*text))
		j.out = append(j.out, "}\n"...)
		_, err = j.t.Out.Write(j.out)
		return err
	}
	return j.writeConversation(done)
}

func (j *tokenJob) writeConversation(done convert.Result) error {
	text, err := j.road.Template().Text(done.Traj.Messages, done.Traj.Tools)
	if err != nil {
		return err
	}
	quoted, err := quote(text)
	if err != nil {
		return err
	}
	j.out = appendIDs(append(j.out[:0], `{"ids": `...), done.Example.IDs)
	j.out = append(append(j.out, `, "text": `...), quoted...)
	j.out = appendSpans(append(j.out, `, "spans": `...), done.Example.Spans)
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
	text, done, err := j.read(line)
	switch {
	case err != nil:
		return err
	case text != nil:
		return showText(j, []byte(*text))
	}
	for _, w := range j.road.Template().Warnings(done.Traj.Messages) {
		j.t.Say("warning: %s: message %d: %s: %s", j.place, w.Message+1, w.Kind, w.Detail)
	}
	m := newMarker(j.t)
	for i, turn := range done.Example.Turns {
		j.t.Print("%s\n%s", m.heading("turn %d  %s  %d tokens", i+1, done.Example.Roles[i], turn.Len()), m.tokens(j.tok, done.Example, turn))
	}
	return nil
}
