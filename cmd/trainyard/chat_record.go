package main

import (
	"bytes"
	"encoding/json"
	"errors"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/evidence"
	"trainyard/mix/convert"
)

// A chatRecord is one line of convert.
type chatRecord struct {
	ID       string             `json:"id"`
	Instance string             `json:"instance_id"`
	Format   string             `json:"format"` // that the record was read as
	Task     string             `json:"task"`
	Repo     string             `json:"repo"`
	Teacher  string             `json:"teacher"`
	Outcome  string             `json:"outcome"`
	Evidence string             `json:"evidence"`
	Messages []chatMessage      `json:"messages"`
	Tools    json.RawMessage    `json:"tools"` // null where there are none, and where they stand in the messages
	Flags    []string           `json:"flags"`
	Features behaviour.Features `json:"features"`
}

// A chatMessage is in OpenAI's shape, but for arguments, which are the JSON
// object as recorded and not a string of it.
type chatMessage struct {
	Role      format.Role `json:"role"`
	Content   string      `json:"content"`
	Reasoning any         `json:"reasoning_content,omitempty"`
	Calls     []chatCall  `json:"tool_calls,omitempty"`
	CallID    string      `json:"tool_call_id,omitempty"`
	Name      string      `json:"name,omitempty"`
	Weight    *int        `json:"weight,omitempty"` // 0 keeps the message out of the loss
	// Detail says it of parts of the content.
	Detail []trainDetail `json:"train_detail,omitempty"`
}

type chatCall struct {
	ID       string       `json:"id,omitempty"`
	Type     string       `json:"type"`
	Function chatFunction `json:"function"`
}

type chatFunction struct {
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

// A converted is what became of one record.
type converted struct {
	file    string
	line    int
	format  string // empty where it could not be read
	json    []byte // the line; nil where none is to be written
	outcome evidence.Outcome
	leftOut evidence.LeftOut
	notes   []string
	err     error // why there is none
}

// convert makes the line of what became of a record.
func (c *converter) convert(rec format.Record, done convert.Result) converted {
	r := converted{file: rec.File, line: rec.Line, outcome: done.Verdict.Outcome, leftOut: done.LeftOut, notes: done.Notes, err: done.Err}
	if done.Traj != nil {
		r.format = done.Traj.Format
	}
	if done.Err == nil && done.Reached >= convert.Rendered && done.LeftOut.Reason == "" {
		r.json, r.err = oneLine(c.chatRecord(rec, done))
	}
	return r
}

func (c *converter) chatRecord(rec format.Record, done convert.Result) chatRecord {
	traj := done.Traj
	out := chatRecord{
		ID: traj.ID, Instance: traj.InstanceID, Format: traj.Format, Task: c.opts.task, Repo: traj.Repo, Teacher: traj.Teacher,
		Outcome: done.Verdict.Outcome.String(), Evidence: done.Verdict.Evidence,
		Flags: append([]string{}, evidence.RecordFlags(rec, traj, done.Chat)...), Features: behaviour.Measure(traj),
	}
	if done.Chat != nil {
		// Tools described twice are a fault that conversions are known for.
		out.Messages = textMessages(done.Chat)
	} else {
		out.Messages, out.Tools = structuredMessages(traj.Messages), traj.Tools
	}
	return out
}

func oneLine(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

var outsideLoss = new(int)

func structuredMessages(list []format.Message) []chatMessage {
	out := make([]chatMessage, len(list))
	for i, m := range list {
		out[i] = chatMessage{Role: m.Role, Content: m.Content, Reasoning: thoughtOf(m), CallID: m.CallID, Name: m.Name, Detail: trainDetails(m.Content, m.Masked)}
		if m.Untrained {
			out[i].Weight = outsideLoss
		}
		for _, call := range m.Calls {
			out[i].Calls = append(out[i].Calls, chatCall{call.ID, "function", chatFunction{call.Name, call.Arguments}})
		}
	}
	return out
}

func textMessages(chat format.Chat) []chatMessage {
	out := make([]chatMessage, len(chat))
	for i, turn := range chat {
		out[i] = chatMessage{Role: turn.Role, Content: turn.Content, Detail: trainDetails(turn.Content, turn.Masked)}
		if turn.Untrained {
			out[i].Weight = outsideLoss
		}
	}
	return out
}

// rejectReason is the short key of a reject.
func rejectReason(err error) string {
	var r *format.Reject
	if errors.As(err, &r) {
		return r.Reason
	}
	return "failed"
}

// rejectWords is a reject's key and detail, without its place.
func rejectWords(err error) string {
	var r *format.Reject
	if errors.As(err, &r) {
		return r.Reason + ": " + r.Detail
	}
	return err.Error()
}
