package style

import (
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
)

// thinks says that the student's template has a place for thoughts.
func (p *chatWriter) thinks() bool { return p.opt.ThoughtsFrom != nil }

// settleThoughts brings the thoughts of every message to where they are written
// from: Reasoning for a student that thinks, Content for one that is to learn
// them as words. What is left out is counted here, what a template shows later.
func (p *chatWriter) settleThoughts(messages []format.Message) []format.Message {
	settled := slices.Clone(messages)
	for i := range settled {
		if m := &settled[i]; m.Role == format.Assistant {
			p.settleThought(m)
		}
	}
	return settled
}

// cleanMasked cleans the contents of which parts are out of the loss, while the
// parts can still be told: cleaning again changes nothing. A turn that such a
// content shares with calls is refused, for nothing says whether they are
// learned.
func (p *chatWriter) cleanMasked(messages []format.Message) error {
	for i := range messages {
		m := &messages[i]
		if len(m.Masked) == 0 {
			continue
		}
		if len(m.Calls) > 0 {
			return format.Rejectf(format.LossMark, "message %d keeps parts of its text out of the loss, but says nothing of its calls", i+1)
		}
		was := m.Content
		m.Content = p.clean(was, m.Role)
		silent := *p
		m.Masked = m.Masked.CarryBy(was, m.Content, func(piece string) string { return silent.clean(piece, m.Role) })
	}
	return nil
}

func (p *chatWriter) settleThought(m *format.Message) {
	var block, rest string
	found, own := false, p.opt.Reasoning == format.StudentsOwn
	if p.thinks() || !own {
		block, rest, found = protocol.SplitThink(m.Content)
	}
	apart := unwrapped(m.Reasoning)
	switch {
	case found && (p.thinks() || p.opt.Reasoning == format.DropReasoning):
		apart = bothThoughts(apart, block)
		m.UntrainedThought = m.UntrainedThought || len(m.Masked) > 0 && m.Masked[0].Start < len(m.Content)-len(rest)
		m.SetContent(rest)
	case found && !blank(block) && !own:
		p.note(format.NoteKeptReasoning) // as recorded: to this student the tags are text
	}
	m.Reasoning = ""
	switch {
	case blank(apart):
	case p.opt.Reasoning == format.DropReasoning, own && !p.thinks():
		p.note(format.NoteDroppedReasoning)
	case p.thinks():
		m.Reasoning = apart
	default:
		p.note(format.NoteKeptReasoning)
		words := format.Turn{Content: apart, Untrained: m.UntrainedThought || m.Untrained}
		m.Say(format.Join(words, m.Turn(), format.JoinTexts(apart, m.Content)))
	}
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// unwrapped is a thought without the tags that some logs leave around it.
func unwrapped(thought string) string {
	if inside, rest, found := protocol.SplitThink(thought); found && rest == "" {
		return inside
	}
	return thought
}

// bothThoughts joins a thought recorded apart and one in the text; some servers
// log the same one in both places.
func bothThoughts(apart, block string) string {
	if strings.TrimSpace(apart) == strings.TrimSpace(block) {
		return block
	}
	return format.JoinTexts(apart, block)
}

// cleanThought breaks the tags in a thought too: the first closing one would
// end it.
func (p *chatWriter) cleanThought(thought string) string {
	return p.cleanOf(thought, p.withThinkTags(p.opt.Specials))
}

// withThinkTags adds the tags to the strings that are broken in the texts of a
// student that thinks.
func (p *chatWriter) withThinkTags(specials []string) []string {
	if !p.thinks() || slices.Contains(specials, protocol.ThinkClose) {
		return specials
	}
	return slices.Concat(specials, protocol.ThinkTags)
}

// saidSpecials are the strings to break in what an assistant says. To a student
// that thinks the tags are notation of its own, so that <think> stays; but its
// template takes all that stands before a </think> for a thought, and a text
// that holds one has both broken.
func (p *chatWriter) saidSpecials(text string, specials []string) []string {
	switch {
	case !p.thinks():
		return specials
	case strings.Contains(text, protocol.ThinkClose):
		return p.withThinkTags(specials)
	}
	return protocol.WithoutThinkTags(specials)
}

// placeThoughts writes the thoughts that the student's template shows, as it
// writes them, and counts them and the others. A turn of nothing but a thought
// that is not shown goes with it.
func (p *chatWriter) placeThoughts(turns []turn) []turn {
	if !p.thinks() {
		return turns
	}
	shown := p.opt.ThoughtsFrom(chatOf(turns))
	left := slices.Clone(turns)[:0]
	for i, t := range turns {
		if i < shown {
			p.noteEach(format.NoteDroppedReasoning, t.thoughts)
			t.thoughts = nil
		}
		left = append(left, t)
	}
	turns = p.joined(left)
	for i := range turns {
		if t := &turns[i]; len(t.thoughts) > 0 {
			p.noteEach(format.NoteKeptReasoning, t.thoughts)
			p.placeThought(t)
		}
	}
	return turns
}

func (p *chatWriter) noteEach(key string, thoughts []string) {
	for range thoughts {
		p.note(key)
	}
}

func (p *chatWriter) placeThought(t *turn) {
	said := strings.TrimLeft(t.Content, "\n")
	t.Masked = t.Masked.Carry(t.Content, said)
	t.Content = said
	block := format.Turn{Role: t.Role, Content: protocol.ThinkBlock(strings.Join(t.thoughts, "\n\n")), Untrained: t.thoughtOut}
	t.Turn = format.Join(block, t.Turn, block.Content+said)
}

// settleStructured leaves thoughts where they are, or drops them.
func (p *chatWriter) settleStructured(messages []format.Message) []format.Message {
	if p.opt.Reasoning == format.DropReasoning {
		return p.settleThoughts(messages)
	}
	for _, m := range messages {
		if m.Role == format.Assistant && !blank(m.Reasoning) {
			p.note(format.NoteKeptReasoning)
		}
	}
	return messages
}
