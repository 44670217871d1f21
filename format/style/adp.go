package style

import (
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// adpStyle is the text that the Agent Data Protocol trains OpenHands on
// (agents/openhands/std_to_sft.py): OpenHands' protocol, but every value on
// lines of its own. The protocol's data sets take their system text, tools
// included, from the target agent, so one that is supplied makes up for tools.
var adpStyle = Rendering{
	Summary: "Agent Data Protocol's <function=NAME> tags, one call a turn, every value on lines of its own",
	Limits: "tools and arguments keep their names: rename_tool and rename_argument make a code action (python, bash) the target agent's " +
		"call; " +
		"a <finish> in a text becomes the protocol's call of finish, which says more than was recorded: that the task is completed",
	Worded: true,
	values: "python",
	tools: func(p *chatWriter, t *format.Trajectory) (string, error) {
		return p.tagTools(t, "<function=NAME>\n<parameter=FIRST>\nvalue\n</parameter>\n<parameter=SECOND>\nvalue\n</parameter>\n</function>")
	},
	write: func(p *chatWriter, messages []format.Message) error {
		return p.singleTagMessages(p.finishCalls(p.answersOf(messages)), func(name, text string) string { return plainTag(name, "\n"+text+"\n") })
	},
	prompted: true,
}

// answersOf makes results of what stands behind a call in a standardised file,
// even where a set calls it the user's: so the protocol's own conversion has it.
func (p *chatWriter) answersOf(messages []format.Message) []format.Message {
	if p.dialect != "adp" {
		return messages
	}
	list := slices.Clone(messages)
	for i := 1; i < len(list); i++ {
		if calls := list[i-1].Calls; list[i].Role == format.User && len(calls) > 0 {
			list[i].Role, list[i].Name, list[i].CallID = format.ToolRole, calls[0].Name, calls[0].ID
		}
	}
	return list
}

// finishCalls makes calls of the <finish> tags by which standardised files close:
// words beside the tags stay in the turn, where the protocol loses them.
func (p *chatWriter) finishCalls(messages []format.Message) []format.Message {
	list := slices.Clone(messages)
	for i, m := range list {
		before, rest, opened := strings.Cut(m.Content, "<finish>")
		message, after, closed := strings.Cut(rest, "</finish>")
		if m.Role != format.Assistant || len(m.Calls) > 0 || !opened || !closed {
			continue
		}
		arguments := pyjson.QuoteJSON([]byte(`{"message": `), pyjson.Trim(message))
		list[i].Content = format.JoinTexts(pyjson.Trim(before), pyjson.Trim(after))
		list[i].Calls = []format.Call{{Name: "finish", Arguments: append(arguments, `, "task_completed": "true"}`...)}}
		p.note(format.NoteFinishCall)
	}
	return list
}
