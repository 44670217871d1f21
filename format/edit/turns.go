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
		rationale.SetContent(strings.TrimRight(rationale.Content, " \t\r\n"))
		*action = joined([]format.Message{rationale, *action})
		t.Messages = slices.Delete(t.Messages, i, next)
		n++
	}
	return n
}

// joined makes one message of several of the assistant's: all that they say and
// think in front of what the last does.
func joined(messages []format.Message) format.Message {
	all := messages[len(messages)-1]
	turns, starts := make([]format.Turn, len(messages)), make([]int, len(messages))
	var texts, thoughts []string
	at := 0
	for i, m := range messages {
		texts, thoughts = append(texts, m.Content), append(thoughts, m.Reasoning)
		all.UntrainedThought = all.UntrainedThought || m.ThoughtUntrained()
		if at > 0 && m.Content != "" {
			at += len("\n\n")
		}
		turns[i], starts[i] = m.Turn(), at
		at += len(m.Content)
	}
	all.Content, all.Reasoning = joinAll(texts), joinAll(thoughts)
	all.Untrained, all.Masked = format.JoinLoss(turns, starts, all.Content)
	return all
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
