package edit

import (
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/protocol"
)

// stitchRationale repairs rollouts of models that reason in one turn and act
// in the next: a student of such turns learns to stop without a call.
var stitchRationale = Edit{
	Name:    "stitch_rationale",
	Summary: "join an assistant turn without a call to the turn with a call that follows it",
	Limits:  "between the two nothing may stand but the scaffold's request to go on, which is removed",
	prepare: counts(stitch),
}

// stitch goes backwards, so that several rationales in a row all end up with
// the call behind them.
func stitch(t *format.Trajectory) int {
	n := 0
	for i := len(t.Messages) - 2; i >= 0; i-- {
		rationale, next := t.Messages[i], i+1
		if rationale.Role != format.Assistant || behaviour.HasCall(rationale) || strings.TrimSpace(rationale.Content) == "" {
			continue
		}
		for next < len(t.Messages) && protocol.IsNudge(t.Messages[next]) {
			next++
		}
		if next == len(t.Messages) || t.Messages[next].Role != format.Assistant || !behaviour.HasCall(t.Messages[next]) {
			continue
		}
		action := &t.Messages[next]
		prepend(action, rationale)
		t.Messages = slices.Delete(t.Messages, i, next)
		n++
	}
	return n
}

// prepend puts what a message says and thinks in front of another's.
func prepend(action *format.Message, rationale format.Message) {
	text := format.JoinTexts(strings.TrimRight(rationale.Content, " \t\r\n"), action.Content)
	action.UntrainedThought = action.ThoughtUntrained() || rationale.ThoughtUntrained()
	action.Reasoning = format.JoinTexts(rationale.Reasoning, action.Reasoning)
	action.Say(format.Join(rationale.Turn(), action.Turn(), text))
}

var splitParallelCalls = Edit{
	Name:    "split_parallel_calls",
	Summary: "give every call of a turn a turn of its own, in the order of the results",
	Limits:  "a call without a result is dropped at the end and refused elsewhere; counts turns split and calls dropped",
	prepare: plain(func(t *format.Trajectory) (int, error) {
		single, notes, err := protocol.SingleCalls(t.Messages)
		if err == nil && len(notes) > 0 {
			t.Messages = single
		}
		return len(notes), err
	}),
}
