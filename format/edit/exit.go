package edit

import (
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
)

// scaffoldExit is about the turns that SWE-agent writes in the model's place
// when a run ends on a limit or an error (sweagent/agent/agents.py). SWE-smith
// (train/traj_mgr) and SERA (postprocess/utils.py) make a call of submit of the
// first, behind the words "Since we have successfully fixed the issue and verified
// it works, let's submit the changes:".
var scaffoldExit = Edit{
	Name:    "scaffold_exit",
	Summary: "drop the last reply where SWE-agent wrote it (\"Exit due to cost limit\"), or make it a call of submit",
	Limits: "only an exhausted budget (cost, context, time) becomes a submission: other exits are dropped; " +
		"a call of submit is invented, as SWE-smith invents it, and so is its text",
	Args: []Arg{
		{Name: "to", Kind: TextArg, Summary: "drop or submit", Required: true},
		{Name: "text", Kind: TextArg, Summary: "for submit: the words before the call; none unless given"},
	},
	prepare: func(given editArgs, _ Env) (change, error) {
		to := given.text("to")
		if to != "drop" && to != "submit" {
			return nil, format.UnknownName("value of to", to, []string{"drop", "submit"})
		}
		return func(t *format.Trajectory) (int, error) {
			return replaceExit(t, to == "submit", given.text("text")), nil
		}, nil
	},
}

// budgetExits and otherExits are how such a reply starts.
var (
	budgetExits = []string{"Exit due to cost limit", "Exit due to context window", "Exit due to total execution time exceeded"}
	otherExits  = []string{
		"Exit due to multiple consecutive command timeouts", "Exit due to repeated format/blocklist/bash syntax errors", "Exit due to retry error: ",
		"Exit due to environment error: ", "Exit due to runtime error: ", "Exit due to unknown error: ", "Exiting due to forfeit",
	}
)

// replaceExit changes the last assistant message; what stands behind it answers
// nothing that a model did, and goes.
func replaceExit(t *format.Trajectory, submit bool, text string) int {
	last := len(t.Messages) - 1
	for last >= 0 && t.Messages[last].Role != format.Assistant {
		last--
	}
	if last < 0 || len(t.Messages[last].Calls) > 0 {
		return 0
	}
	budget := protocol.StartsWithAny(t.Messages[last].Content, budgetExits)
	switch {
	case budget && submit:
		t.Messages = append(slices.Clone(t.Messages[:last]), submission(t, text))
	case budget || protocol.StartsWithAny(t.Messages[last].Content, otherExits):
		t.Messages = t.Messages[:last]
	default:
		return 0
	}
	return 1
}

// submission calls submit in the way of the conversation.
func submission(t *format.Trajectory, text string) format.Message {
	m := format.Message{Role: format.Assistant, Content: text}
	switch {
	case t.Acts():
		m.Calls = []format.Call{{Name: "submit", Arguments: []byte("{}")}}
	case !protocol.HasRenderedCalls(t) && protocol.FencesAct(t):
		m.Content = strings.TrimLeft(text+"\n\n```\nsubmit\n```", "\n")
	default:
		m.Content = strings.TrimLeft(text+"\n\n<function=submit>\n</function>", "\n")
	}
	return m
}
