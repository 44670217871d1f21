package format

import (
	"encoding/json"
	"slices"
	"strings"
)

// dropTool makes the output-format ablation: the same work without the tool
// that wrote it down, and what was written in the closing message.
var dropTool = Edit{
	Name:    "drop_tool",
	Summary: "remove all calls of a tool with their results, and move what they wrote into the final message",
	Limits:  "text beside the last remaining call of a turn goes with it; a trajectory of nothing else is rejected",
	Args: []EditArg{
		{Name: "tool", Kind: TextArg, Summary: "the tool", Required: true},
		{Name: "commands", Kind: TextsArg, Summary: "only calls whose argument command is one of these"},
		{Name: "move", Kind: TextsArg, Summary: "the arguments whose values move, in this order; default: path, new_str, file_text, content"},
		{Name: "discard", Kind: SwitchArg, Summary: "move nothing"},
	},
	prepare: func(given editArgs, _ EditEnv) (change, error) {
		d := toolDrop{tool: given.text("tool"), commands: given.texts("commands"), move: given.texts("move")}
		if d.move == nil {
			d.move = []string{"path", "new_str", "file_text", "content"}
		}
		if given.on("discard") {
			d.move = nil
		}
		return d.apply, nil
	},
}

type toolDrop struct {
	tool           string
	commands, move []string
}

func (d toolDrop) matches(a action) bool {
	return a.tool == d.tool && (d.commands == nil || slices.Contains(d.commands, a.arg("command")))
}

// moved is what a dropped call leaves behind.
func (d toolDrop) moved(a action) string {
	text := ""
	for _, name := range d.move {
		text = joinTexts(text, a.arg(name))
	}
	return text
}

func (d toolDrop) apply(t *Trajectory) (int, error) {
	var kept []Message
	moved, n := "", 0
	for rest := t.Messages; len(rest) > 0; {
		size := turnSize(rest)
		turn, matched := rest[:size], d.matched(rest[0])
		rest = rest[size:]
		for i, a := range actionsOf(turn[0]) {
			if matched[i] {
				moved = joinTexts(moved, d.moved(a))
				n++
			}
		}
		switch {
		case !slices.Contains(matched, true):
			kept = append(kept, turn...)
		case len(turn[0].Calls) > 0:
			kept = append(kept, withoutCalls(turn, matched)...)
		case len(rest) > 0 && rest[0].Role == User:
			rest = rest[1:] // the result of a call in the text
		}
	}
	if n == 0 {
		return 0, nil
	}
	t.Messages = kept
	return n, t.close(moved)
}

// turnSize counts a message and the results behind it.
func turnSize(messages []Message) int {
	return 1 + resultRun(messages[1:])
}

// matched says which of a message's calls go. Of several calls in a text
// all go or none: what lies between them belongs to neither.
func (d toolDrop) matched(m Message) []bool {
	var matched []bool
	for _, a := range actionsOf(m) {
		matched = append(matched, d.matches(a))
	}
	if len(m.Calls) == 0 && slices.Contains(matched, false) {
		clear(matched)
	}
	return matched
}

// withoutCalls drops calls of a turn and the results that answer them; all
// of it when no call is left.
func withoutCalls(turn []Message, dropped []bool) []Message {
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
	var calls []Call
	for k, call := range m.Calls {
		if !dropped[k] {
			calls = append(calls, call)
		}
	}
	m.Calls = calls
	kept := []Message{m}
	for i, result := range turn[1:] {
		if k := answers[i+1]; k < 0 || !dropped[k] {
			kept = append(kept, result)
		}
	}
	return kept
}

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

var cutAfterLastEdit = Edit{
	Name:    "cut_after_last_edit",
	Summary: "end a trajectory with the step that last wrote a file",
	Limits:  "trajectories that write no file stay whole",
	prepare: func(editArgs, EditEnv) (change, error) {
		return func(t *Trajectory) (int, error) {
			steps := t.steps()
			for i := len(steps) - 1; i >= 0; i-- {
				if end := steps[i].message + 1; slices.ContainsFunc(steps[i].actions, writesFile) {
					cut := count(end < len(t.Messages))
					t.Messages = t.Messages[:end:end]
					return cut, nil
				}
			}
			return 0, nil
		}, nil
	},
}

func writesFile(a action) bool { return len(a.deed.writes) > 0 }
