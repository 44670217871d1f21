package edit

import (
	"encoding/json"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// finalTexts are the arguments in which closing tools take their message.
var finalTexts = []string{"message", "result", "summary", "answer", "output", "final_thought"}

// closeWith puts text at the end of the last assistant message: into the message
// of a closing call where there is one, else below the text.
func closeWith(t *format.Trajectory, text string) error {
	last := len(t.Messages) - 1
	for last >= 0 && t.Messages[last].Role != format.Assistant {
		last--
	}
	if last < 0 {
		return format.Rejectf(format.NoAssistant, "no assistant message is left")
	}
	if text == "" {
		return nil
	}
	m := &t.Messages[last]
	if len(m.Calls) > 0 {
		call := &m.Calls[len(m.Calls)-1]
		if arguments, ok := appendToFinal(call.Arguments, text); ok && behaviour.EffectOf(behaviour.Action{Tool: call.Name}).Closes {
			calls := slices.Clone(m.Calls)
			calls[len(calls)-1].Arguments = arguments
			m.Calls = calls
			return nil
		}
		m.SetContent(format.JoinTexts(m.Content, text))
		return nil
	}
	m.SetContent(closeTagged(m.Content, text))
	return nil
}

func appendToFinal(arguments json.RawMessage, text string) (json.RawMessage, bool) {
	var edited string
	// A call whose arguments are no JSON was refused when it was parsed.
	_ = pyjson.WithIndex(arguments, func(root pyjson.Value) error {
		for _, name := range finalTexts {
			if v := root.Get(name); v.Kind() == pyjson.KindText && edited == "" {
				quoted := pyjson.QuoteJSON(nil, format.JoinTexts(v.Text(), text))
				edited = pyjson.Splice(string(arguments), []pyjson.Cut{pyjson.CutOf(v, string(quoted))})
			}
		}
		return nil
	})
	return json.RawMessage(edited), edited != ""
}

// closeTagged appends to a message whose call, if any, stands in its text:
// nothing may follow that call.
func closeTagged(content, text string) string {
	calls := protocol.TagSpans(content)
	if len(calls) == 0 {
		return format.JoinTexts(content, text)
	}
	c := calls[len(calls)-1]
	if behaviour.EffectOf(behaviour.Action{Tool: c.Name}).Closes {
		for _, p := range c.Params {
			if slices.Contains(finalTexts, p.Name) {
				return content[:p.ValueStart] + framed(format.JoinTexts(p.Value(content), text)) + content[p.ValueEnd:]
			}
		}
	}
	return format.JoinTexts(strings.TrimRight(content[:c.Start], "\n"), text) + "\n\n" + content[c.Start:]
}

// framed puts a value of several lines between newlines, as the scaffolds do.
func framed(value string) string {
	if strings.Contains(value, "\n") {
		return "\n" + value + "\n"
	}
	return value
}
