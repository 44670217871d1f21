package behaviour

import (
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
)

// A Turn is one message in which the assistant says, thinks or does something,
// with what can be known of it by rules alone.
type Turn struct {
	Step
	Index, FromEnd int // from 1; the last has FromEnd 1
	Activity       Activity
	// Error says that the scaffold could not carry out an action of it (see
	// FlagErrorTurn), FormatError that it could not read an action in it, FailedRun
	// that code which it ran failed, by exit code or by what it printed.
	Error, FormatError, FailedRun bool
	Edits                         int    // its actions that write a source file
	EditsBefore                   int    // those of all turns before it
	Result                        string // what answered its actions, joined by an empty line
}

// Turns reads the turns of a trajectory as it is now, edits included.
func Turns(t *format.Trajectory) []Turn {
	steps := Steps(t)
	kinds := activities(steps)
	var list []Turn
	edits := 0
	for i, s := range steps {
		if m := t.Messages[s.Message]; isEmptyAssistant(m) && strings.TrimSpace(m.Reasoning) == "" {
			continue // rendering leaves it out
		}
		turn := Turn{Step: s, Index: len(list) + 1, Activity: kinds[i], EditsBefore: edits, FormatError: protocol.IsFailedReply(t, s.Message)}
		turn.judge()
		turn.Error = turn.Error || len(s.Actions) == 0 && answeredByError(t, s.Message)
		edits += turn.Edits
		list = append(list, turn)
	}
	for i := range list {
		list[i].FromEnd = len(list) - i
	}
	return list
}

// judge looks at what the actions did and what answered them.
func (t *Turn) judge() {
	var results []string
	for _, a := range t.Actions {
		if a.Effect.source {
			t.Edits++
		}
		t.Error = t.Error || a.answered && isErrorText(a.result)
		t.FailedRun = t.FailedRun || a.Effect.runs && a.answered && hasFailed(a.result)
		if a.answered {
			results = append(results, a.result)
		}
	}
	t.Result = strings.Join(results, "\n\n")
}

// answeredByError says so of a message in which no action could be read.
func answeredByError(t *format.Trajectory, i int) bool {
	return i+1 < len(t.Messages) && isErrorTurn(t.Messages[i+1])
}
