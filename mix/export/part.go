package export

import (
	"unicode/utf8"

	"trainyard/tokenize/chat"
)

// A part is a run of a turn's text, from its first character to its last, both
// counted from 0 as axolotl's train_detail has them.
type part struct {
	Begin int  `json:"begin_offset"`
	End   int  `json:"end_offset"`
	Train bool `json:"train"`
}

// parts cuts a turn's text where its tokens begin and cease to be trained; got are
// the trained ones, whole is the text's tokens and its <|im_end|>. There are none
// where the text cannot say it: where <|im_end|> is outside the loss, or a token
// ends within a character.
func (r *reader) parts(content string, got []chat.Span, whole chat.Span) []part {
	last := whole.End - 1
	if got[len(got)-1].End != whole.End {
		return nil
	}
	text := r.template.Tokenizer().Decode(r.c.ids[whole.Start:last])
	// A newline that is one token with the header's is outside the loss.
	before := utf8.RuneCountInString(content) - utf8.RuneCount(text)
	var parts []part
	add := func(from, to int, train bool) bool {
		piece := r.template.Tokenizer().Decode(r.c.ids[from:to])
		if n := utf8.RuneCount(piece); n > 0 {
			parts = append(parts, part{before, before + n - 1, train})
			before += n
		}
		return utf8.Valid(piece)
	}
	at := whole.Start
	for _, span := range got {
		if !add(at, span.Start, false) || !add(span.Start, min(span.End, last), true) {
			return nil
		}
		at = span.End
	}
	return parts
}
