package dialect

import (
	"slices"
	"strings"

	"trainyard/format"
)

// withSystem gives a conversation the system text that stands beside it. Where
// it has one of its own at its head that one stands, as it does for ms-swift and
// LLaMA-Factory, and another text beside it is noted.
func withSystem(t *format.Trajectory, beside string) {
	head := 0
	for head < len(t.Messages) && t.Messages[head].Role == format.System {
		head++
	}
	said := func(m format.Message) bool { return strings.TrimSpace(m.Content) != "" }
	switch {
	case beside == "" || len(t.Messages) == 0:
	case !slices.ContainsFunc(t.Messages[:head], said):
		t.Messages = slices.Insert(t.Messages[head:], 0, format.Message{Role: format.System, Content: beside})
	case !slices.ContainsFunc(t.Messages[:head], func(m format.Message) bool { return m.Content == beside }):
		t.Note(format.NoteTwoSystems)
	}
}
