package edit

import (
	"slices"

	"trainyard/format"
	"trainyard/format/protocol"
)

var dropFormatErrors = Edit{
	Name:    "drop_format_errors",
	Summary: "remove replies that the scaffold could not read, each with the error that answers it",
	Limits:  "recognises errors by how they start; a reply with other, good calls stays",
	prepare: counts(dropErrors),
}

func dropErrors(t *format.Trajectory) int {
	n := 0
	for i := len(t.Messages) - 1; i > 0; i-- {
		from, ok := failedPair(t, i)
		if !ok {
			continue
		}
		t.Messages = slices.Delete(t.Messages, from, i+1)
		i = from
		n++
	}
	return n
}

// failedPair finds the reply that the message at i ends: the error that answers
// it, or the reply itself where it calls nothing and nothing answers it.
func failedPair(t *format.Trajectory, i int) (from int, ok bool) {
	m := t.Messages[i]
	switch {
	case protocol.IsTask(t, i):
		return 0, false
	case protocol.IsFormatError(m):
		return failedReply(t, i)
	case m.Role == format.User && protocol.IsNamelessCall(t.Messages[i-1]):
		return i - 1, true
	}
	last := i == len(t.Messages)-1 || t.Messages[i+1].Role != format.User
	return i, last && protocol.IsNamelessCall(m)
}

// failedReply finds the reply behind the error at i, or i itself where the
// scaffold keeps no such replies. A reply with several calls is one only if
// all its results are such errors.
func failedReply(t *format.Trajectory, i int) (from int, ok bool) {
	if t.Messages[i].Role == format.User && t.Messages[i-1].Role != format.Assistant {
		return i, true
	}
	for from = i - 1; from > 0 && t.Messages[from].Role == format.ToolRole; from-- {
		if !protocol.IsFormatError(t.Messages[from]) {
			return 0, false
		}
	}
	m := t.Messages[from]
	answers := i - from
	return from, m.Role == format.Assistant && len(m.Calls) <= max(answers, 1)
}

var mergeFormatErrors = Edit{
	Name:    "merge_format_errors",
	Summary: "keep replies that the scaffold could not read outside the loss; an error without its reply joins the message before it",
	Limits:  "recognises errors by how they start",
	prepare: counts(mergeErrors),
}

func mergeErrors(t *format.Trajectory) int {
	n := 0
	for i := len(t.Messages) - 1; i > 0; i-- {
		from, ok := failedPair(t, i)
		before := &t.Messages[i-1]
		switch {
		case ok && t.Messages[from].Role == format.Assistant:
			if !t.Messages[from].Untrained {
				t.Messages[from].Untrained = true
				n++
			}
		case ok && before.Role != format.System:
			before.Content = format.JoinTexts(before.Content, t.Messages[i].Content)
			t.Messages = slices.Delete(t.Messages, i, i+1)
			n++
		}
	}
	return n
}
