package edit

import (
	"slices"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/protocol"
)

// dropTool makes the output-format ablation: the same work without the tool
// that wrote it down, and what was written in the closing message.
var dropTool = Edit{
	Name:    "drop_tool",
	Summary: "remove all calls of a tool with their results, and move what they wrote into the final message",
	Limits:  "text beside the last remaining call of a turn goes with it; a trajectory of nothing else is rejected",
	Args: []Arg{
		{Name: "tool", Kind: TextArg, Summary: "the tool", Required: true},
		{Name: "commands", Kind: TextsArg, Summary: "only calls whose argument command is one of these"},
		{Name: "move", Kind: TextsArg, Summary: "the arguments whose values move, in this order; default: path, new_str, file_text, content"},
		{Name: "discard", Kind: SwitchArg, Summary: "move nothing"},
	},
	prepare: func(given editArgs, _ Env) (change, error) {
		d := toolDrop{tool: given.text("tool"), commands: given.texts("commands"), move: given.texts("move")}
		if d.move == nil {
			d.move = []string{"path", "new_str", "file_text", "content"}
		}
		if given.on("discard") {
			d.move = nil
		}
		return d.apply, nil
	},
	tools: toolArg,
}

type toolDrop struct {
	tool           string
	commands, move []string
}

func (d toolDrop) matches(a behaviour.Action) bool {
	return a.Tool == d.tool && (d.commands == nil || slices.Contains(d.commands, a.Arg("command")))
}

// moved is what a dropped call leaves behind.
func (d toolDrop) moved(a behaviour.Action) string {
	text := ""
	for _, name := range d.move {
		text = format.JoinTexts(text, a.Arg(name))
	}
	return text
}

func (d toolDrop) apply(t *format.Trajectory) (int, error) {
	var kept []format.Message
	moved, n := "", 0
	for rest := t.Messages; len(rest) > 0; {
		size := turnSize(rest)
		turn, matched := rest[:size], d.matched(rest[0])
		rest = rest[size:]
		for i, a := range behaviour.ActionsOf(turn[0]) {
			if matched[i] {
				moved = format.JoinTexts(moved, d.moved(a))
				n++
			}
		}
		switch {
		case !slices.Contains(matched, true):
			kept = append(kept, turn...)
		case len(turn[0].Calls) > 0:
			kept = append(kept, withoutCalls(turn, matched)...)
		case len(rest) > 0 && rest[0].Role == format.User:
			rest = rest[1:] // the result of a call in the text
		}
	}
	if n == 0 {
		return 0, nil
	}
	t.Messages = kept
	return n, closeWith(t, moved)
}

// turnSize counts a message and the results behind it.
func turnSize(messages []format.Message) int {
	return 1 + protocol.ResultRun(messages[1:])
}

// matched says which of a message's calls go. Of several calls in a text
// all go or none: what lies between them belongs to neither.
func (d toolDrop) matched(m format.Message) []bool {
	var matched []bool
	for _, a := range behaviour.ActionsOf(m) {
		matched = append(matched, d.matches(a))
	}
	if len(m.Calls) == 0 && slices.Contains(matched, false) {
		clear(matched)
	}
	return matched
}

// withoutCalls drops calls of a turn and the results that answer them; all
// of it when no call is left.
func withoutCalls(turn []format.Message, dropped []bool) []format.Message {
	if !slices.Contains(dropped, false) {
		return nil
	}
	m := turn[0]
	answers := make([]int, len(turn)) // which call a result answers, -1 for none
	taken := make([]bool, len(m.Calls))
	for i, result := range turn[1:] {
		answers[i+1] = -1
		for k, call := range m.Calls {
			if !taken[k] && (call.ID == result.CallID || call.ID == "" || result.CallID == "") {
				answers[i+1], taken[k] = k, true
				break
			}
		}
	}
	var calls []format.Call
	for k, call := range m.Calls {
		if !dropped[k] {
			calls = append(calls, call)
		}
	}
	m.Calls = calls
	kept := []format.Message{m}
	for i, result := range turn[1:] {
		if k := answers[i+1]; k < 0 || !dropped[k] {
			kept = append(kept, result)
		}
	}
	return kept
}
