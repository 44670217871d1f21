package style

import (
	"encoding/json"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// A chatWriter is a chat being written.
type chatWriter struct {
	opt      RenderOptions
	dialect  string // the record's
	rendered bool   // the record's text holds calls already
	// callTags names the roles whose <tool_call> is notation, not a string that
	// the record happens to hold.
	callTags map[format.Role]bool
	lead     string // words of a ToolPrompt that stand before the system text
	whole    bool   // its words are all of the system text
	turns    []turn
	notes    []string
}

// A turn is one of the chat to be, and the thoughts that stand before it.
type turn struct {
	format.Turn
	thoughts   []string // one for each message that the turn was joined of and that has one
	thoughtOut bool     // they are out of the loss, though the turn may be in it
}

// newChatWriter starts with what reading the record changed.
func newChatWriter(t *format.Trajectory, opt RenderOptions) *chatWriter {
	p := &chatWriter{opt: opt, dialect: t.Format, rendered: protocol.HasRenderedCalls(t), notes: slices.Clone(t.Notes), callTags: map[format.Role]bool{}}
	if p.rendered && protocol.CallTagsAreNotation(t) {
		p.callTags[format.System], p.callTags[format.Assistant] = true, true
	}
	for _, m := range t.Messages {
		if m.Parts > 1 {
			p.note(format.NoteJoinedParts)
		}
	}
	return p
}

func (p *chatWriter) note(key string) { p.notes = append(p.notes, key) }

// add appends a turn of clean text.
func (p *chatWriter) add(role format.Role, text string) {
	p.turns = append(p.turns, turn{Turn: format.Turn{Role: role, Content: text}})
}

// act appends what an assistant's message became.
func (p *chatWriter) act(m format.Message, text string) {
	t := format.Turn{Role: format.Assistant, Content: text, Untrained: m.Untrained, Masked: m.Masked.Carry(m.Content, text)}
	acted := turn{Turn: t, thoughtOut: m.ThoughtUntrained()}
	if m.Reasoning != "" {
		acted.thoughts = []string{p.cleanThought(m.Reasoning)}
	}
	p.turns = append(p.turns, acted)
}

// clean makes recorded text safe for every trainer: line ends, special-token
// strings.
func (p *chatWriter) clean(text string, role format.Role) string {
	specials := p.opt.Specials
	if p.callTags[role] {
		specials = protocol.WithoutCallTags(specials)
	}
	if role == format.Assistant {
		specials = p.saidSpecials(text, specials)
	}
	return p.cleanOf(text, specials)
}

// cleanCall makes the printed text of calls safe: what a model hands to a tool
// is data.
func (p *chatWriter) cleanCall(text string) string {
	return p.cleanOf(text, p.withThinkTags(p.opt.Specials))
}

func (p *chatWriter) cleanOf(text string, specials []string) string {
	if !p.opt.KeepCRLF && strings.Contains(text, "\r\n") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		p.note(format.NoteCRLF)
	}
	text, n := protocol.Neutralise(text, specials)
	for range n {
		p.note(format.NoteNeutralised)
	}
	return text
}

// chat joins, drops and trims turns until trainers agree on them.
func (p *chatWriter) chat(system string) (format.Chat, error) {
	turns := p.joined(append([]turn{{Turn: format.Turn{Role: format.System, Content: system}}}, p.turns...))
	for len(turns) > 1 && turns[len(turns)-1].Role != format.Assistant {
		turns = turns[:len(turns)-1]
		p.note(format.NoteDroppedTail)
	}
	switch {
	case len(turns) == 1:
		return nil, format.Rejectf(format.NoAssistant, "no assistant turn with text or a call")
	case turns[1].Role == format.Assistant:
		return nil, format.Rejectf(format.BadOrder, "the conversation starts with an assistant turn, before any user turn")
	}
	return chatOf(p.placeThoughts(turns)), nil
}

// joined makes one turn of neighbours with one role.
func (p *chatWriter) joined(turns []turn) []turn {
	kept := turns[:0]
	for i := range turns {
		if turns[i].Role != format.Assistant || p.trim(&turns[i]) {
			kept = append(kept, turns[i])
		}
	}
	list := kept[:0] // a run is read before its place is written
	for len(kept) > 0 {
		n := 1
		for n < len(kept) && kept[n].Role == kept[0].Role {
			n++
		}
		list, kept = append(list, p.joinRun(kept[:n])), kept[n:]
	}
	return list
}

// joinRun joins turns of one role, of which there may be thousands.
func (p *chatWriter) joinRun(run []turn) turn {
	if len(run) == 1 {
		return run[0]
	}
	var content strings.Builder
	all := run[0]
	parts, starts := make([]format.Turn, len(run)), make([]int, len(run))
	for i, t := range run {
		joinTurn(&content, t.Content)
		parts[i], starts[i] = t.Turn, content.Len()-len(t.Content)
		all.thoughtOut = all.thoughtOut || t.thoughtOut
		if i > 0 {
			all.thoughts = append(all.thoughts, t.thoughts...)
			p.note(format.NoteMerged)
		}
	}
	all.Content = content.String()
	all.Untrained, all.Masked = format.JoinLoss(parts, starts, all.Content)
	return all
}

// joinTurn puts an empty line between two turns of one role. A turn that starts
// with one keeps it: OpenHands writes it there itself, before the second of two
// turns of the user.
func joinTurn(b *strings.Builder, text string) {
	if b.Len() > 0 && text != "" && !strings.HasPrefix(text, "\n\n") && !strings.HasPrefix(text, "\r\n\r\n") {
		b.WriteString("\n\n")
	}
	b.WriteString(text)
}

func chatOf(turns []turn) format.Chat {
	chat := make(format.Chat, len(turns))
	for i, t := range turns {
		chat[i] = t.Turn
	}
	return chat
}

// trim cuts the lines that an assistant turn leaves empty before its text:
// the tokenizer would join them to the header's newline, a token that never
// occurs when the model is asked. It says whether anything is left.
func (p *chatWriter) trim(turn *turn) bool {
	text := strings.TrimLeft(turn.Content, " \t\r\n\v\f")
	if text == "" && len(turn.thoughts) > 0 {
		return true
	}
	if text == "" {
		p.note(format.NoteDroppedEmpty)
		return false
	}
	lead := turn.Content[:len(turn.Content)-len(text)]
	if cut := strings.LastIndexAny(lead, "\r\n"); cut >= 0 && !p.opt.KeepLead {
		turn.Masked = turn.Masked.Carry(turn.Content, turn.Content[cut+1:])
		turn.Content = turn.Content[cut+1:]
		p.note(format.NoteTrimmedLeading)
	}
	return true
}

// writeText appends a message that is text in every style.
func (p *chatWriter) writeText(m format.Message) {
	if m.Role == format.System {
		m.Role = format.User
		p.note(format.NoteLateSystem)
	}
	text := p.clean(m.Content, m.Role)
	if m.Role == format.Assistant {
		p.act(m, text)
		return
	}
	p.add(m.Role, text)
}

// describe words a tool list; text that holds its tools already gets none.
func (p *chatWriter) describe(list json.RawMessage, words func(tools pyjson.Value) string) (text string, err error) {
	switch {
	case list == nil:
		return "", nil
	case p.rendered:
		p.note(format.NoteRendered)
		return "", nil
	}
	err = pyjson.WithIndex(list, func(tools pyjson.Value) error {
		text = words(tools)
		return nil
	})
	if err != nil {
		return "", format.Rejectf(format.BadTools, "tools: %v", err)
	}
	return text, nil
}

// frameFirstUser puts the first user turn into the scaffold's frame, in a copy.
func (p *chatWriter) frameFirstUser(messages []format.Message) []format.Message {
	i := slices.IndexFunc(messages, func(m format.Message) bool { return m.Role == format.User })
	if i < 0 || p.rendered || !p.opt.ToolPrompt.has("first user") {
		return messages
	}
	messages = slices.Clone(messages)
	messages[i].Content = p.opt.ToolPrompt.fill("first user", "content", messages[i].Content)
	return messages
}
