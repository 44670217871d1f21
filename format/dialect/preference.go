package dialect

import (
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// comparisons are the members by which preference data differs from
// demonstrations of the same shape.
var comparisons = []string{"rm_conv", "rejected", "rejected_response", "rejected_messages"}

// refuseComparison refuses rows that rank answers: one of them is wrong, and
// nothing in the shape of a conversation says which.
func refuseComparison(root pyjson.Value) error {
	for _, key := range comparisons {
		member := root.Get(key)
		if kind := member.Kind(); kind == pyjson.KindText || kind == pyjson.KindArray || kind == pyjson.KindObject {
			return format.Rejectf(format.Preference, "the row has %q: it compares answers, it does not show one to imitate", key)
		}
	}
	return nil
}

// refuseVerdict refuses what verifiers are trained on: the answer is a
// judgement on a trajectory quoted in the question.
func refuseVerdict(t *format.Trajectory) error {
	for i := len(t.Messages) - 1; i >= 0; i-- {
		m := t.Messages[i]
		if m.Role != format.Assistant {
			continue
		}
		if text := strings.TrimLeft(m.Content, " \r\n"); strings.HasPrefix(text, "<judgement>") {
			return format.Rejectf(format.Preference, "the answer is a verdict (%s): verifier data, not a trajectory", pyjson.Clip(text))
		}
		return nil
	}
	return nil
}
