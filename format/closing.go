package format

import (
	"encoding/json"
	"slices"
	"strings"
)

// finalTexts are the arguments in which closing tools take their message.
var finalTexts = []string{"message", "result", "summary", "answer", "output", "final_thought"}

// close puts text at the end of the last assistant message: into the message
// of a closing call where there is one, else below the text.
func (t *Trajectory) close(text string) error {
	last := len(t.Messages) - 1
	for last >= 0 && t.Messages[last].Role != Assistant {
		last--
	}
	if last < 0 {
		return reject(NoAssistant, "no assistant message is left")
	}
	if text == "" {
		return nil
	}
	m := &t.Messages[last]
	if len(m.Calls) > 0 {
		call := &m.Calls[len(m.Calls)-1]
		if arguments, ok := appendToFinal(call.Arguments, text); ok && deedOf(action{tool: call.Name}).closes {
			calls := slices.Clone(m.Calls)
			calls[len(calls)-1].Arguments = arguments
			m.Calls = calls
			return nil
		}
		m.Content = joinTexts(m.Content, text)
		return nil
	}
	m.Content = closeTagged(m.Content, text)
	return nil
}

func appendToFinal(arguments json.RawMessage, text string) (json.RawMessage, bool) {
	var edited string
	// A call whose arguments are no JSON was refused when it was parsed.
	_ = withIndex(arguments, func(root value) error {
		for _, name := range finalTexts {
			if v := root.get(name); v.kind() == kindText && edited == "" {
				quoted := quoteJSON(nil, joinTexts(v.text(), text))
				edited = splice(string(arguments), []cut{cutOf(v, string(quoted))})
			}
		}
		return nil
	})
	return json.RawMessage(edited), edited != ""
}

// closeTagged appends to a message whose call, if any, stands in its text:
// nothing may follow that call.
func closeTagged(content, text string) string {
	calls := tagSpans(content)
	if len(calls) == 0 {
		return joinTexts(content, text)
	}
	c := calls[len(calls)-1]
	if deedOf(action{tool: c.name}).closes {
		for _, p := range c.params {
			if slices.Contains(finalTexts, p.name) {
				return content[:p.valueStart] + framed(joinTexts(p.value(content), text)) + content[p.valueEnd:]
			}
		}
	}
	return joinTexts(strings.TrimRight(content[:c.start], "\n"), text) + "\n\n" + content[c.start:]
}

// framed puts a value of several lines between newlines, as the scaffolds do.
func framed(value string) string {
	if strings.Contains(value, "\n") {
		return "\n" + value + "\n"
	}
	return value
}
