package chat

import (
	"fmt"
	"strings"
	"unicode"

	"trainyard/format"
)

// A Warning is something in a conversation that is valid and still likely to
// spoil what the student learns.
type Warning struct {
	Message int    // index in the chat or the messages
	Kind    string // a key of WarningKinds
	Detail  string // one line for people
}

// The kinds of Warning.
const (
	WarnLeadingNewline = "leading_newline"
	WarnSpecialLiteral = "special_literal"
	WarnEmptyAssistant = "empty_assistant"
)

// WarningKinds says what each kind means and why it matters.
var WarningKinds = map[string]string{
	WarnLeadingNewline: "assistant content starts with a line break that merges with the header's newline into one token that never occurs at inference",
	WarnSpecialLiteral: "content holds the string of an added token, which most trainers turn into that token",
	WarnEmptyAssistant: "assistant turn without content and calls: only <|im_end|> is learned",
}

// Warnings lists what is suspicious in a conversation, in order of the turns.
// Turns excluded from the loss are looked at too: their tokens are still read.
func (t *Template) Warnings(messages []format.Message) []Warning {
	var list []Warning
	for i := range messages {
		list = t.warnLiterals(list, &messages[i], i)
		if messages[i].Role == format.Assistant {
			list = t.warnAssistant(list, &messages[i], i)
		}
	}
	return list
}

// WarningKindsIn lists the kinds that Warnings would name in a chat, each once,
// in alphabetical order. Made is what Apply made of the chat, which has counted
// its special strings already, so this costs a look at the first bytes of each
// turn.
func (t *Template) WarningKindsIn(chat format.Chat, made *Example) []string {
	newline, empty := false, false
	for i := range chat {
		switch turn := &chat[i]; {
		case turn.Role != format.Assistant:
		case turn.Content == "":
			empty = true
		case !newline:
			_, newline = t.mergedNewline(turn.Content)
		}
	}
	var kinds []string
	if empty {
		kinds = append(kinds, WarnEmptyAssistant)
	}
	if newline {
		kinds = append(kinds, WarnLeadingNewline)
	}
	if made.SpecialLiterals > 0 {
		kinds = append(kinds, WarnSpecialLiteral)
	}
	return kinds
}

func (t *Template) warnAssistant(list []Warning, m *format.Message, i int) []Warning {
	switch {
	case m.Content == "" && len(m.Calls) == 0:
		list = append(list, Warning{i, WarnEmptyAssistant, "assistant content is empty"})
	default:
		if id, merged := t.mergedNewline(m.Content); merged {
			list = append(list, Warning{i, WarnLeadingNewline, fmt.Sprintf(
				"assistant content starts with a newline: it merges with the header's into token %d", id)})
		}
	}
	return list
}

// mergedNewline returns the token that holds both the newline of the header
// and the beginning of content. The pre-tokenizer takes white space up to its
// last line break as one piece, so only content with a line break in its
// leading white space can merge; whether it does is for the vocabulary to say.
func (t *Template) mergedNewline(content string) (int32, bool) {
	space := content[:len(content)-len(strings.TrimLeftFunc(content, unicode.IsSpace))]
	if !strings.ContainsAny(space, "\r\n") {
		return 0, false
	}
	joint := t.tok.Append(nil, string(format.Assistant)+"\n"+space)
	at := len(t.header) - 1
	return joint[at], joint[at] != t.header[at]
}

// warnLiterals names the strings outside the template's notation. Names,
// arguments and tool lists are counted in Example.SpecialLiterals only.
func (t *Template) warnLiterals(list []Warning, m *format.Message, i int) []Warning {
	count, first := 0, ""
	for s := m.Content; ; {
		start, end, _ := t.tok.Match.Find(s)
		if start == end {
			break
		}
		if text := s[start:end]; !t.isNotation(text, speakerOf(m.Role)) {
			if count++; first == "" {
				first = text
			}
		}
		s = s[end:]
	}
	if count == 0 {
		return list
	}
	detail := fmt.Sprintf("%s content holds the added token %s as text", m.Role, first)
	if count > 1 {
		detail += fmt.Sprintf(" (%d such strings)", count)
	}
	return append(list, Warning{i, WarnSpecialLiteral, detail})
}
