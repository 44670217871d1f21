package format

import "strings"

// A speech is a message put together from pieces, of which hostile records
// have a million: texts are joined once, at the end.
type speech struct {
	Message
	text, thought strings.Builder
}

// say adds a text on a line of its own.
func (s *speech) say(text string) { addLine(&s.text, text) }

// think adds reasoning on a line of its own.
func (s *speech) think(text string) { addLine(&s.thought, text) }

// message is what the pieces add up to.
func (s *speech) message() Message {
	m := s.Message
	m.Content, m.Reasoning = s.text.String(), s.thought.String()
	return m
}

// addLine puts a newline between two texts, nothing beside an empty one.
func addLine(b *strings.Builder, text string) {
	if text == "" {
		return
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(text)
}

// spoken are the messages that speeches add up to.
func spoken(list []*speech) []Message {
	messages := make([]Message, len(list))
	for i, s := range list {
		messages[i] = s.message()
	}
	return messages
}
