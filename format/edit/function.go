package edit

import (
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
)

// closeFunction repairs what a stop word cut: model calls that were made
// with the stop string "</function" lack it, and a log that keeps the raw
// reply ends on an open tag. The rule is OpenHands' own for replies it
// parses: one opening tag, no closing one.
var closeFunction = Edit{
	Name:    "close_function",
	Summary: "close the function tag that a stop word cut off at the end of an assistant turn",
	Limits:  "turns with several opening tags are left alone",
	prepare: counts(func(t *format.Trajectory) int {
		n := 0
		for i := range t.Messages {
			m := &t.Messages[i]
			if m.Role == format.Assistant && protocol.IsUnclosed(m.Content) {
				m.SetContent(closed(m.Content))
				n++
			}
		}
		return n
	}),
}

// closed completes the closing tag where a part of it stands, and else puts
// it on a line of its own, as every other turn has it.
func closed(text string) string {
	trimmed := strings.TrimRight(text, " \t\r\n")
	for _, part := range []string{"</function", "</"} {
		if strings.HasSuffix(trimmed, part) {
			return strings.TrimSuffix(trimmed, part) + protocol.FunctionClose
		}
	}
	return trimmed + "\n" + protocol.FunctionClose
}
