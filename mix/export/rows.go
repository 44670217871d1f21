package export

import (
	"fmt"

	"trainyard/format"
	"trainyard/mix/shard"
	"trainyard/tokenize/chat"
)

// A reader turns the rows of shards into conversations, one at a time: what it
// hands out is the next row's.
type reader struct {
	template *chat.Template
	tokens   bool // the target asks for ids of rows of messages
	c        conversation
	chat     format.Chat
	example  chat.Example
}

func newReader(template, convention string, target *Target) (*reader, error) {
	tok, err := chat.ForTemplate(template)
	if err != nil {
		return nil, err
	}
	t, err := chat.NewTemplate(template, tok)
	if err == nil {
		t, err = t.With(chat.Options{Convention: convention})
	}
	return &reader{template: t, tokens: target.says == eachToken}, err
}

// shards are how the rows of each output are read.
var shards = map[string]func(*reader, string, func(*conversation) error) error{
	"messages": (*reader).messages,
	"turns":    (*reader).messages,
	"tokens":   (*reader).fromTokens,
}

// messages hands out the rows of a shard of messages.
func (r *reader) messages(path string, use func(*conversation) error) error {
	n := 0
	return shard.ReadRows(path, func(row *shard.Row) error {
		n++
		r.c = conversation{id: row.TrajID, task: row.Task, teacher: row.Teacher, turns: r.c.turns[:0]}
		for _, m := range row.Messages {
			role := format.Role(m.Role)
			r.c.turns = append(r.c.turns, turn{role: role, content: m.Content, trained: role == format.Assistant && !m.Untrained})
		}
		if r.tokens {
			r.apply(true)
			r.c.ids, r.c.spans = r.example.IDs, r.example.Spans
		}
		return at(path, n, row.TrajID, use(&r.c))
	})
}

// apply writes the turns with the template; heed leaves those out of the loss that
// are known to be.
func (r *reader) apply(heed bool) {
	r.chat = r.chat[:0]
	for _, turn := range r.c.turns {
		r.chat = append(r.chat, format.Turn{Role: turn.role, Content: turn.content, Untrained: heed && !turn.trained})
	}
	r.template.Apply(&r.example, r.chat)
}

// at adds a row's place to an error.
func at(path string, row int, id string, err error) error {
	if err == nil {
		return nil
	}
	if id != "" {
		return fmt.Errorf("%s, row %d, %s: %w", path, row, id, err)
	}
	return fmt.Errorf("%s, row %d: %w", path, row, err)
}
