package chat

import "trainyard/format"

// A Span is a run of tokens, half-open: [Start, End) into Example.IDs.
type Span struct{ Start, End int }

// Len is the number of tokens in the span.
func (s Span) Len() int { return s.End - s.Start }

// An Example is one conversation as a trainer sees it. Hand the same Example
// to Apply again and again: its memory is reused, so one that is kept must be
// copied.
type Example struct {
	IDs []int32
	// Spans are the tokens with loss, in order, never empty, never touching a
	// token of another speaker beyond what the convention says.
	Spans []Span
	// Turns are the tokens of each turn in order, from <|im_start|> to the
	// newline after <|im_end|>. They cover IDs without gaps, except for a
	// generation prompt, which belongs to no turn. A default system prompt is
	// a turn although the chat has none for it, and the results of parallel
	// calls share one.
	Turns []Span
	// Roles says who speaks in each of Turns.
	Roles []format.Role
	// SpecialLiterals counts the added-token strings met in content outside
	// the template's own notation: text that a trainer's tokenizer turns into a
	// control token. Literals says how they are encoded here.
	SpecialLiterals int

	page chatWriter
}

// Trained is the number of tokens with loss.
func (e *Example) Trained() int {
	n := 0
	for _, s := range e.Spans {
		n += s.Len()
	}
	return n
}

func (e *Example) reset() {
	e.IDs, e.Spans = e.IDs[:0], e.Spans[:0]
	e.Turns, e.Roles = e.Turns[:0], e.Roles[:0]
	e.SpecialLiterals = 0
}
