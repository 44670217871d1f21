package api

import (
	"strings"

	"trainyard/format"
)

// A MessageBuilder is a message put together from pieces, of which hostile records
// have a million: texts are joined once, at the end.
type MessageBuilder struct {
	format.Message
	Text, Thought strings.Builder
}

// Say adds a text on a line of its own.
func (s *MessageBuilder) Say(text string) { AddLine(&s.Text, text) }

// Think adds reasoning on a line of its own.
func (s *MessageBuilder) Think(text string) { AddLine(&s.Thought, text) }

// Built is what the pieces add up to.
func (s *MessageBuilder) Built() format.Message {
	m := s.Message
	m.Content, m.Reasoning = s.Text.String(), s.Thought.String()
	return m
}

// AddLine puts a newline between two texts, nothing beside an empty one.
func AddLine(b *strings.Builder, text string) {
	if text == "" {
		return
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(text)
}

// Spoken are the messages that speeches add up to.
func Spoken(list []*MessageBuilder) []format.Message {
	messages := make([]format.Message, len(list))
	for i, s := range list {
		messages[i] = s.Built()
	}
	return messages
}
