package tokenize

import (
	"sort"
	"strings"

	"trainyard/format"
)

// Literals says what becomes of an added-token string such as <|im_end|> or
// <tool_call> that stands in the content of a message.
type Literals int

const (
	// NotationOnly keeps them text, except the strings by which the template
	// itself writes calls and thoughts, where the speaker may write them:
	// <tool_call> in system and assistant content, and for Qwen3 <think> in
	// assistant and <tool_response> in user content. A flattened conversation
	// so has the ids of the native one. Results of calls, names, arguments and
	// tool lists are data: nothing in them is notation.
	NotationOnly Literals = iota
	// AsText keeps all of them text.
	AsText
	// AsTokens turns all of them into their ids, as a Hugging Face tokenizer
	// does with the rendered text: a tool's output can then close a turn.
	AsTokens
)

// A speaker is a set of roles as bits; the empty set is data.
type speaker uint8

const (
	data        speaker = 0
	bySystem    speaker = 1
	byUser      speaker = 2
	byAssistant speaker = 4
)

func speakerOf(r format.Role) speaker {
	switch r {
	case format.System:
		return bySystem
	case format.User:
		return byUser
	case format.Assistant:
		return byAssistant
	}
	return data
}

// A marker is a string of the template that is one token where the vocabulary
// knows it, and text where it does not (<think> under Qwen2.5).
type marker struct {
	text  string
	id    int32
	known bool
}

type literal struct {
	marker
	notation speaker // who may write it as notation
}

// literals finds added-token strings in content, leftmost first, the longest
// where two begin at the same byte, as Hugging Face does.
type literals struct {
	list   []literal // longest first
	first  string    // the set of first bytes
	second [256]bool // the set of second bytes
}

func newLiterals(tok *Tokenizer, notation map[string]speaker) literals {
	var l literals
	for _, text := range tok.Specials() {
		id, ok := tok.Special(text)
		if !ok || len(text) < 2 {
			continue
		}
		l.list = append(l.list, literal{marker{text, id, true}, notation[text]})
		if strings.IndexByte(l.first, text[0]) < 0 {
			l.first += text[:1]
		}
		l.second[text[1]] = true
	}
	sort.SliceStable(l.list, func(i, j int) bool { return len(l.list[i].text) > len(l.list[j].text) })
	return l
}

// find returns the first literal in s and where it begins; nil without one.
func (l *literals) find(s string) (int, *literal) {
	for from := 0; ; from++ {
		at := l.next(s[from:])
		if at < 0 {
			return 0, nil
		}
		from += at
		if from+1 >= len(s) {
			return 0, nil
		}
		if !l.second[s[from+1]] {
			continue
		}
		for i := range l.list {
			if strings.HasPrefix(s[from:], l.list[i].text) {
				return from, &l.list[i]
			}
		}
	}
}

func (l *literals) next(s string) int {
	if len(l.first) == 1 {
		return strings.IndexByte(s, l.first[0])
	}
	return strings.IndexAny(s, l.first)
}
