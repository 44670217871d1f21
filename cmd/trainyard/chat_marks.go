package main

import (
	"unicode/utf8"

	"trainyard/format"
)

// A trainDetail says of characters of a content, the end included, whether they
// are learned: axolotl's way, and the one in which convert prints what it read.
type trainDetail struct {
	Begin int  `json:"begin_offset"`
	End   int  `json:"end_offset"`
	Train bool `json:"train"`
}

// trainDetails covers a content of which parts are out of the loss; nil where
// none are.
func trainDetails(content string, masked format.Spans) (details []trainDetail) {
	if len(masked) == 0 {
		return nil
	}
	from, at := 0, 0
	add := func(to int, train bool) {
		if n := utf8.RuneCountInString(content[from:to]); n > 0 {
			details = append(details, trainDetail{at, at + n - 1, train})
			at += n
		}
		from = to
	}
	for _, s := range masked {
		add(s.Start, true)
		add(s.End, false)
	}
	add(len(content), true)
	return details
}

// thoughtOf is a message's thought as a chat record has it: text, or a part that
// says that it is not learned from.
func thoughtOf(m format.Message) any {
	switch {
	case m.Reasoning == "":
		return nil
	case m.UntrainedThought && !m.Untrained:
		return []map[string]any{{"type": "text", "text": m.Reasoning, "train": false}}
	}
	return m.Reasoning
}
