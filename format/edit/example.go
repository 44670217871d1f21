package edit

import (
	"slices"

	"trainyard/format"
	"trainyard/format/protocol"
)

var dropExample = Edit{
	Name:    "drop_icl_example",
	Summary: "remove the in-context example from the first user turns, with the reminder that follows the task",
	Limits:  "examples between rulers, as OpenHands and SWE-agent write them",
	prepare: counts(dropExamples),
}

// dropExamples looks at what stands before the first assistant message: a
// ruler further down is something that the agent read.
func dropExamples(t *format.Trajectory) int {
	n := 0
	for i := 0; i < len(t.Messages) && t.Messages[i].Role != format.Assistant; i++ {
		m := &t.Messages[i]
		task, found := protocol.WithoutExample(m.Content)
		if m.Role != format.User || !found {
			continue
		}
		n++
		m.Content = task
		if task == "" {
			t.Messages = slices.Delete(t.Messages, i, i+1)
			i--
		}
	}
	return n
}
