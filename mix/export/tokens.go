package export

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/mix/shard"
	"trainyard/tokenize/chat"
)

// fromTokens hands out the rows of a shard of tokens, read back into turns.
func (r *reader) fromTokens(path string, use func(*conversation) error) error {
	n := 0
	return shard.ReadTokens(path, func(row *shard.TokenRow) error {
		n++
		r.c = conversation{id: row.TrajID, task: row.Task, turns: r.c.turns[:0], ids: row.InputIDs, spans: shard.AppendSpans(r.c.spans[:0], row.Labels)}
		err := r.read()
		if err == nil {
			err = use(&r.c)
		}
		return at(path, n, row.TrajID, err)
	})
}

// read finds the turns, unless the target takes the ids as they are.
func (r *reader) read() error {
	if r.tokens {
		return nil
	}
	if err := r.readTurns(); err != nil {
		return err
	}
	return r.readLoss()
}

// readTurns finds the turns between their marks. A string of a mark in a message's
// text has other ids than the mark.
func (r *reader) readTurns() error {
	tok := r.template.Tokenizer()
	start, _ := tok.Special("<|im_start|>")
	end, _ := tok.Special("<|im_end|>")
	for rest := r.c.ids; len(rest) > 0; {
		stop := slices.Index(rest, end)
		if rest[0] != start || stop < 0 {
			return fmt.Errorf("message %d does not lie between <|im_start|> and <|im_end|>", len(r.c.turns)+1)
		}
		role, content, _ := strings.Cut(string(tok.Decode(rest[1:stop])), "\n")
		r.c.turns = append(r.c.turns, turn{role: format.Role(role), content: content})
		for rest = rest[stop+1:]; len(rest) > 0 && rest[0] != start; { // the newline
			rest = rest[1:]
		}
	}
	return nil
}

// readLoss says of each turn whether it is trained, beside what the template
// trains where nothing is left out.
func (r *reader) readLoss() error {
	r.apply(false)
	if !slices.Equal(r.example.IDs, r.c.ids) {
		return errors.New("its ids are not those that the template " + r.template.Name() + " gives its text: a line of messages would train something else")
	}
	for i, place := range r.example.Turns {
		got, whole := within(r.c.spans, place), within(r.example.Spans, place)
		t := &r.c.turns[i]
		t.trained = slices.Equal(got, whole) && len(whole) > 0
		t.partly = !t.trained && len(got) > 0
		switch {
		case len(got) > 0 && t.role != format.Assistant:
			return fmt.Errorf("message %d is the %s's and trained, which no line can say", i+1, t.role)
		case t.partly:
			t.parts = r.parts(t.content, got, whole[0])
		}
	}
	return nil
}

// within are the parts of spans inside a turn. Spans never reach over its ends.
func within(spans []chat.Span, turn chat.Span) []chat.Span {
	from, _ := slices.BinarySearchFunc(spans, turn.Start, func(s chat.Span, at int) int { return s.Start - at })
	to, _ := slices.BinarySearchFunc(spans, turn.End, func(s chat.Span, at int) int { return s.Start - at })
	return spans[from:to]
}
