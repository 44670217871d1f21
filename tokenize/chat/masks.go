package chat

import (
	"strings"

	"trainyard/format"
)

// learnParts notes the trained tokens of the turn just closed, whose <|im_end|>
// ends at end and which would be trained on all of whole: those that hold no
// byte of a part that is out of the loss. A turn with no such token in its text
// is not trained at all.
func (p *chatWriter) learnParts(whole Span, end int) {
	ends := p.tokenEnds(end - 1)
	masked := p.maskedBytes(p.turnText(end - 1))
	var runs []Span
	said := false
	for i := whole.Start; i < whole.End; i++ {
		if i >= p.body && i < end-1 || i == p.body-1 {
			if masked = after(masked, ends[i-p.turn]); overlaps(masked, ends[i-p.turn], ends[i-p.turn+1]) {
				continue
			}
			said = said || i >= p.body
		}
		if last := len(runs) - 1; last >= 0 && runs[last].End == i {
			runs[last].End++
			continue
		}
		runs = append(runs, Span{i, i + 1})
	}
	if said {
		p.ex.Spans = append(p.ex.Spans, runs...)
	}
}

// tokenEnds are where the tokens of the open turn begin in its text, up to the
// token before to, and where that ends.
func (p *chatWriter) tokenEnds(to int) []int {
	ends, at := []int{0}, 0
	for i := p.turn; i < to; i++ {
		at += len(p.t.tok.Decode(p.ex.IDs[i : i+1]))
		ends = append(ends, at)
	}
	return ends
}

func (p *chatWriter) turnText(to int) string { return string(p.t.tok.Decode(p.ex.IDs[p.turn:to])) }

// maskedBytes finds the parts in the text of the turn, in which the template and
// the tokenizer's normal form may have changed the content.
func (p *chatWriter) maskedBytes(text string) format.Spans {
	header := len(p.t.imStart.text) + len(format.Assistant) + len("\n")
	masked := p.marked.Masked.Carry(p.marked.Content, text[header:]).Shift(header)
	if thought := strings.Index(text, p.t.think.text); p.marked.ThoughtUntrained() && thought >= 0 {
		if size := strings.Index(text[thought:], p.t.thought.text); size >= 0 {
			masked = format.MergeSpans(append(masked, format.Span{Start: thought, End: thought + size + len(p.t.thought.text)}))
		}
	}
	return masked
}

// after drops the parts that end before a place.
func after(masked format.Spans, at int) format.Spans {
	for len(masked) > 0 && masked[0].End <= at {
		masked = masked[1:]
	}
	return masked
}

func overlaps(masked format.Spans, start, end int) bool {
	return len(masked) > 0 && masked[0].Start < end && start < masked[0].End
}
