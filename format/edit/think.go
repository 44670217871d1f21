package edit

import (
	"encoding/json"
	"strings"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// thinkToReasoning is for scaffolds that give models without thoughts of their
// own a tool to think with: a student that thinks needs no call for it.
var thinkToReasoning = Edit{
	Name:    "think_to_reasoning",
	Summary: "turn calls of the think tool into thoughts in front of what the agent does next, and take out their results and the tool",
	Limits: "other arguments of such a call go with it; in a text, function tags alone are read, and only where a turn has no other call; " +
		"a description in a system text stays",
	Args: []Arg{
		{Name: "tool", Kind: TextArg, Summary: "the tool; default: think"},
		{Name: "argument", Kind: TextArg, Summary: "its argument that holds the thought; default: thought"},
	},
	prepare: func(given editArgs, _ Env) (change, error) {
		return thinkTool{tool: format.NameOr(given.text("tool"), "think"), argument: format.NameOr(given.text("argument"), "thought")}.apply, nil
	},
	tools: toolArg,
}

type thinkTool struct{ tool, argument string }

func (k thinkTool) apply(t *format.Trajectory) (int, error) {
	n, err := k.undescribe(t)
	if err != nil {
		return 0, err
	}
	var kept, thoughts []format.Message // thoughts wait for the next message of the assistant
	for rest := t.Messages; len(rest) > 0; {
		size, inText := turnSize(rest), len(rest[0].Calls) == 0
		turn, found := k.taken(rest[:size])
		rest = rest[size:]
		if n += found; found > 0 && len(turn[0].Calls) == 0 {
			if inText && len(rest) > 0 && rest[0].Role == format.User {
				rest = rest[1:] // the result
			}
			thoughts = append(thoughts, turn[0])
			continue
		}
		if len(thoughts) > 0 && turn[0].Role == format.Assistant {
			turn[0], thoughts = joined(append(thoughts, turn[0])), nil
		}
		if len(thoughts) > 0 {
			kept, thoughts = append(kept, joined(thoughts)), nil
		}
		kept = append(kept, turn...)
	}
	if len(thoughts) > 0 {
		kept = append(kept, joined(thoughts))
	}
	t.Messages = kept
	return n, nil
}

// taken takes the calls of a turn that are thoughts out of it, in a copy, and
// says how many.
func (k thinkTool) taken(turn []format.Message) ([]format.Message, int) {
	var thoughts []string
	actions := behaviour.ActionsOf(turn[0])
	matched := make([]bool, len(actions))
	for i, a := range actions {
		if matched[i] = a.Tool == k.tool && a.Arg(k.argument) != ""; matched[i] {
			thoughts = append(thoughts, a.Arg(k.argument))
		}
	}
	switch {
	case len(thoughts) == 0:
		return append([]format.Message(nil), turn...), 0
	case len(turn[0].Calls) == 0:
		return k.takenFromText(turn, actions, thoughts)
	}
	m := turn[0]
	if turn = withoutCalls(turn, matched); turn == nil {
		m.Calls = nil
		turn = []format.Message{m}
	}
	turn[0].Reasoning = joinAll(append([]string{m.Reasoning}, thoughts...))
	return turn, len(thoughts)
}

func (k thinkTool) takenFromText(turn []format.Message, actions []behaviour.Action, thoughts []string) ([]format.Message, int) {
	m := turn[0]
	spans := protocol.TagSpans(m.Content)
	if len(spans) != len(thoughts) || len(spans) != len(actions) {
		return append([]format.Message(nil), turn...), 0
	}
	var texts []string
	from := 0
	for _, c := range spans {
		texts = append(texts, strings.TrimRight(m.Content[from:c.Start], " \t\r\n"))
		from = c.End
	}
	m.SetContent(joinAll(append(texts, strings.TrimLeft(m.Content[from:], " \t\r\n"))))
	m.Reasoning = joinAll(append([]string{m.Reasoning}, thoughts...))
	return append([]format.Message{m}, turn[1:]...), len(thoughts)
}

// undescribe takes the tool out of the list of tools.
func (k thinkTool) undescribe(t *format.Trajectory) (n int, err error) {
	if t.Tools == nil {
		return 0, nil
	}
	var left []string
	err = pyjson.WithIndex(t.Tools, func(tools pyjson.Value) error {
		for _, tool := range tools.Elements() {
			if protocol.DescribedFunction(tool).Get("name").Text() == k.tool {
				n++
				continue
			}
			left = append(left, string(tool.Raw()))
		}
		return nil
	})
	switch {
	case err != nil:
		return 0, format.Rejectf(format.BadTools, "tools: %v", err)
	case n == 0:
	case len(left) == 0:
		t.Tools = nil
	default:
		t.Tools = json.RawMessage("[" + strings.Join(left, ", ") + "]")
	}
	return n, nil
}

// joinAll puts an empty line between texts, nothing beside an empty one.
func joinAll(texts []string) string {
	var b strings.Builder
	for _, text := range texts {
		if b.Len() > 0 && text != "" {
			b.WriteString("\n\n")
		}
		b.WriteString(text)
	}
	return b.String()
}
