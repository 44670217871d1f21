package protocol

import (
	"strings"

	"trainyard/format"
)

// A Style is a way of writing tools, calls and results as text.
type Style string

// HasRenderedCalls says that calls stand in the text already, as a scaffold
// with mocked function calling logs them; the tool list does so too then.
func HasRenderedCalls(t *format.Trajectory) bool {
	tagged := false
	for _, m := range t.Messages {
		if len(m.Calls) > 0 || m.Role == format.ToolRole {
			return false
		}
		tagged = tagged || m.Role == format.Assistant && (strings.Contains(m.Content, "<function=") || strings.Contains(m.Content, "<tool_call>"))
	}
	return tagged
}
