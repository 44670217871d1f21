package chat

import (
	"encoding/json"
	"unsafe"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// A chatWriter is the conversation being written. Text gathers until a control token
// comes and is then encoded in one go: the ids are those of the whole rendered
// text, merges across the seams between template and content included. Ids,
// spans and turns are only ever appended here, together, so that they cannot
// drift apart.
type chatWriter struct {
	t     *Template
	ex    *Example
	plain bool // gather the text of the whole page instead of ids

	text     []byte           // not yet encoded
	messages []format.Message // Apply's view of a chat
	scratch  []byte           // one JSON value

	turn      int // the open turn's first token
	body      int // the first token after the open turn's header
	role      format.Role
	untrained bool
	marked    *format.Message // the open turn's, where parts of it are out of the loss
}

// print writes words of the template.
func (p *chatWriter) print(s string) { p.text = append(p.text, s...) }

// mark writes a string of the template that is a single token.
func (p *chatWriter) mark(m marker) {
	if p.plain || !m.known {
		p.print(m.text)
		return
	}
	p.flush()
	p.ex.IDs = append(p.ex.IDs, m.id)
}

// flush encodes the text gathered since the last control token. The encoder
// sees the buffer itself as a string; it keeps nothing of it.
func (p *chatWriter) flush() {
	if len(p.text) == 0 {
		return
	}
	p.ex.IDs = p.t.tok.Append(p.ex.IDs, unsafe.String(&p.text[0], len(p.text)))
	p.text = p.text[:0]
}

// content writes what a message says. Added-token strings in it become tokens
// only where the template's options and the speaker allow.
func (p *chatWriter) content(s string, by speaker) {
	for {
		start, end, id := p.t.tok.Match.Find(s)
		p.print(s[:start])
		if start == end {
			return
		}
		p.literal(marker{s[start:end], id, true}, by)
		s = s[end:]
	}
}

func (p *chatWriter) literal(m marker, by speaker) {
	notation := p.t.isNotation(m.text, by) && p.t.options.Literals != AsText
	if !notation {
		p.ex.SpecialLiterals++
	}
	if notation || p.t.options.Literals == AsTokens {
		p.mark(m)
		return
	}
	p.print(m.text)
}

// value writes a JSON value as Python prints it; raw has been checked.
func (p *chatWriter) value(raw json.RawMessage) {
	var err error
	if p.scratch, err = pyjson.PythonJSON(p.scratch[:0], raw); err != nil {
		panic("chat: " + err.Error())
	}
	if len(p.scratch) > 0 {
		p.content(unsafe.String(&p.scratch[0], len(p.scratch)), data)
	}
}

// begin opens a turn and writes its header.
func (p *chatWriter) begin(role format.Role, untrained bool) {
	p.mark(p.t.imStart)
	p.role, p.untrained, p.marked = role, untrained || role != format.Assistant, nil
	p.turn = len(p.ex.IDs) - 1
	p.print(string(role))
	p.print("\n")
	p.body = p.turn + 1 + len(p.t.header)
	if p.t.convention.apart && role == format.Assistant && !p.plain {
		p.flush()
	}
}

// end closes the turn and notes its trained tokens; last says that nothing
// follows it.
func (p *chatWriter) end(last bool) {
	p.mark(p.t.imEnd)
	end := len(p.ex.IDs)
	p.print("\n")
	if p.plain {
		return
	}
	p.flush()
	p.ex.Turns = append(p.ex.Turns, Span{p.turn, len(p.ex.IDs)})
	p.ex.Roles = append(p.ex.Roles, p.role)
	switch {
	case p.untrained:
	case p.marked == nil:
		p.ex.Spans = append(p.ex.Spans, p.learn(end, last))
	default:
		p.learnParts(p.learn(end, last), end)
	}
}

// learn is the span of the turn just closed, whose <|im_end|> ends at end.
func (p *chatWriter) learn(end int, last bool) Span {
	c := &p.t.convention
	s := Span{p.body, end}
	switch c.from {
	case atHeader:
		s.Start = p.turn
	case atNewline:
		s.Start = p.body - 1
	case atMerge:
		if p.ex.IDs[p.body-1] != p.t.header[len(p.t.header)-1] {
			s.Start = p.body - 1
		}
	}
	if to := c.to; !last && to == atClose || last && c.last == atClose {
		s.End = len(p.ex.IDs)
	}
	return s
}

// say writes a whole turn of one content.
func (p *chatWriter) say(m *format.Message, last bool) {
	p.beginOf(m)
	p.content(m.Content, speakerOf(m.Role))
	p.end(last)
}

// beginOf opens the turn of a message.
func (p *chatWriter) beginOf(m *format.Message) {
	p.begin(m.Role, m.Untrained)
	if len(m.Masked) > 0 || m.ThoughtUntrained() {
		p.marked = m
	}
}

// prompt asks the model for the next turn.
func (p *chatWriter) prompt() {
	p.mark(p.t.imStart)
	p.print(string(format.Assistant))
	p.print("\n")
	if !p.plain {
		p.flush()
	}
}
