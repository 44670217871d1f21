package loss

import (
	"fmt"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/evidence"
)

// TurnNames say what an expression over a turn can name. There is no record
// behind it: it names nothing else.
var TurnNames = map[string]string{
	"activity":     "text: what the turn is for: exploration, implementation, verification, execution, reasoning, closing",
	"content":      "text: what it says, calls in the text included",
	"edits":        "number of its calls that write a file which is neither test nor scratch",
	"edits_before": "number of such calls in the turns before it",
	"error":        "true where the scaffold could not carry out an action of it (flag error_turn)",
	"failed_run":   "true where code that it ran failed",
	"format_error": "true where the scaffold could not read it as an action",
	"from_end":     "place of the turn counted from the end: 1 is the last",
	"index":        "place of the turn among the assistant's, from 1",
	"n_calls":      "number of its calls",
	"reasoning":    "text: the thought recorded apart from what it says",
	"result":       "text: what answered its calls",
	"tool":         "text: the tool of its first call; empty for none",
	"tools":        `list of the tools of its calls, for "bash" in tools`,
}

// turnTypes are the same names with zero values, which tell the compiler their
// types.
var turnTypes = turnValues(&format.Message{}, &behaviour.Turn{})

func turnValues(m *format.Message, t *behaviour.Turn) map[string]any {
	tools := make([]string, len(t.Actions))
	first := ""
	for i, a := range t.Actions {
		tools[i] = a.Tool
		first = format.NameOr(first, a.Tool)
	}
	return map[string]any{
		"activity": string(t.Activity), "content": m.Content, "reasoning": m.Reasoning, "result": t.Result,
		"edits": t.Edits, "edits_before": t.EditsBefore, "error": t.Error, "failed_run": t.FailedRun, "format_error": t.FormatError,
		"index": t.Index, "from_end": t.FromEnd, "n_calls": len(t.Actions), "tool": first, "tools": tools,
	}
}

var wherePolicy = Policy{
	Summary: "the turns for which an expression is true, in the language of keep: (trainyard list turns shows what it can name)",
	Takes:   "an expression",
	Limits:  "a record on one of whose turns the expression fails is rejected",
	prepare: func(given any) ([]rule, error) {
		source, _ := given.(string)
		if source == "" {
			return nil, wants("an expression over a turn, such as n_calls > 0 && not error", given)
		}
		test, err := evidence.NewTest(source, turnTypes)
		if err != nil {
			return nil, err
		}
		return []rule{{format.NoteLossWhere, func(t *format.Trajectory, turn *behaviour.Turn) (bool, error) {
			holds, err := test.Holds(turnValues(&t.Messages[turn.Message], turn))
			if err != nil {
				return false, fmt.Errorf("where: %w", err)
			}
			return holds, nil
		}}}, nil
	},
}
