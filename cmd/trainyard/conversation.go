package main

import (
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/format"
	"trainyard/mix/convert"
	"trainyard/mix/shard"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

// Marks around trained tokens where nothing is painted: brackets that no
// trajectory holds by chance.
const (
	openMark  = "⟦"
	closeMark = "⟧"
)

// showRow shows a shard's row in the template that it was counted with.
func showRow(t *face.Terminal, s *settings, template *chat.Template, row *shard.Row, at place) error {
	chat := make(format.Chat, len(row.Messages))
	for i, m := range row.Messages {
		chat[i] = format.Turn{Role: format.Role(m.Role), Content: m.Content, Untrained: m.Untrained}
	}
	f := rowFacts(row)
	f.measures = rowBehaviour(chat)
	f.Number, f.Place = at.number, at.file
	return showChat(t, s, template, f, chat)
}

// A turnView is one turn as inspect shows it.
type turnView struct {
	Role    format.Role `json:"role"`
	Tokens  int         `json:"tokens"`
	Trained int         `json:"trained_tokens"`
	Content string      `json:"content"`
}

// showChat shows a conversation's turns with their token counts and marks the
// trained tokens.
func showChat(t *face.Terminal, s *settings, template *chat.Template, f facts, conversation format.Chat) error {
	var ex chat.Example
	template.Apply(&ex, conversation)
	return showExample(t, s, template.Tokenizer(), f, &ex, conversation)
}

func showExample(t *face.Terminal, s *settings, tok *tokenize.Tokenizer, f facts, ex *chat.Example, conversation format.Chat) error {
	f.Tokens, f.Trained = len(ex.IDs), ex.Trained()
	views := viewTurns(ex, conversation)
	if s.json() {
		return t.PrintJSON(struct {
			facts
			Turns []turnView `json:"turns"`
		}{f, views})
	}
	return printChat(t, s, tok, f, ex, views)
}

// showParts shows the rows of a record that is split, one below the other.
func showParts(t *face.Terminal, s *settings, tok *tokenize.Tokenizer, f facts, parts []convert.Row) error {
	type part struct {
		ID    string     `json:"traj_id"`
		Turns []turnView `json:"turns"`
	}
	var list []part
	for n, row := range parts {
		list = append(list, part{fmt.Sprintf("%s#%d", f.ID, n+1), viewTurns(row.Example, row.Chat)})
	}
	if s.json() {
		return t.PrintJSON(struct {
			facts
			Parts []part `json:"parts"`
		}{f, list})
	}
	for n, row := range parts {
		if n > 0 {
			t.Print("\n")
			f.measures = nil // they are the record's
		}
		f.ID, f.Tokens, f.Trained = list[n].ID, len(row.Example.IDs), row.Example.Trained()
		if err := printChat(t, s, tok, f, row.Example, list[n].Turns); err != nil {
			return err
		}
	}
	return nil
}

func viewTurns(ex *chat.Example, chat format.Chat) []turnView {
	views := make([]turnView, len(chat))
	for i, turn := range chat {
		span := ex.Turns[i]
		views[i] = turnView{Role: turn.Role, Tokens: span.End - span.Start, Content: turn.Content}
		for _, trained := range ex.Spans {
			views[i].Trained += max(0, min(trained.End, span.End)-max(trained.Start, span.Start))
		}
	}
	return views
}

func printChat(t *face.Terminal, s *settings, tok *tokenize.Tokenizer, f facts, ex *chat.Example, views []turnView) error {
	m := newMarker(t)
	t.Print("%s\n", m.title(f))
	if f.Filtered != "" {
		t.Print("filtered: %s\n", f.Filtered)
	}
	if f.Over != "" {
		t.Print("over the window: %s\n", f.Over)
	}
	t.Print("%s tokens, %s trained (%s), %s\n", face.Thousands(f.Tokens), face.Thousands(f.Trained),
		face.Percent(int64(f.Trained), int64(f.Tokens)), face.Counted(f.Steps, "step"))
	edited, told := format.SplitNotes(counted(f.Notes))
	for _, notes := range []struct {
		title  string
		counts map[string]int64
	}{{"edited", edited}, {"told", told}} {
		if len(notes.counts) > 0 {
			t.Print("%s: %s\n", notes.title, strings.Join(countWords(notes.counts), ", "))
		}
	}
	if f.measures != nil {
		f.measures.print(t)
	}
	for i, v := range views {
		t.Print("\n%s\n", m.heading("turn %d  %s  %s tokens, %s trained", i+1, v.Role, face.Thousands(v.Tokens), face.Thousands(v.Trained)))
		t.Print("%s", m.tokens(tok, ex, ex.Turns[i]))
	}
	return nil
}

// A marker paints, or brackets where nothing can be painted.
type marker struct{ t *face.Terminal }

func newMarker(t *face.Terminal) marker { return marker{t} }

func (m marker) heading(format string, args ...any) face.Painted {
	text := fmt.Sprintf(format, args...)
	if m.t.Paints() {
		return m.t.Paint(face.Heading, text)
	}
	return face.Painted("── " + face.Clean(text))
}

func (m marker) title(f facts) face.Painted {
	title := face.OneLine(fmt.Sprintf("%s  instance %s  repo %s  teacher %s", f.ID, orDash(f.Instance), orDash(f.Repo), orDash(f.Teacher)))
	if f.Format != "" {
		title += "  format " + f.Format
	}
	return m.heading("%s", title)
}

// tokens decodes the tokens of span with the trained ones marked.
func (m marker) tokens(tok *tokenize.Tokenizer, ex *chat.Example, span chat.Span) face.Painted {
	var b strings.Builder
	at := span.Start
	for _, trained := range ex.Spans {
		if trained.End <= at || trained.Start >= span.End {
			continue
		}
		b.WriteString(string(m.untrained(string(tok.Decode(ex.IDs[at:trained.Start])))))
		b.WriteString(string(m.trained(string(tok.Decode(ex.IDs[trained.Start:trained.End])))))
		at = trained.End
	}
	b.WriteString(string(m.untrained(string(tok.Decode(ex.IDs[at:span.End])))))
	return face.Painted(b.String())
}

func (m marker) trained(text string) face.Painted {
	if m.t.Paints() {
		return m.t.Paint(face.Good, text)
	}
	return face.Painted(openMark + face.Clean(text) + closeMark)
}

func (m marker) untrained(text string) face.Painted { return m.t.Paint(face.Dim, text) }
