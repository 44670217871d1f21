package protocol

import (
	"regexp"

	"trainyard/format"
)

// A Style is a way of writing tools, calls and results as text.
type Style string

// HasRenderedCalls says that calls stand in the text already, as a scaffold
// with mocked function calling logs them; the tool list does so too then. A
// text that only mentions a tag holds no call.
func HasRenderedCalls(t *format.Trajectory) bool {
	rendered := false
	for _, m := range t.Messages {
		if len(m.Calls) > 0 || m.Role == format.ToolRole {
			return false
		}
		rendered = rendered || m.Role == format.Assistant && (writesTagged(m.Content) || opensCallTag.MatchString(m.Content))
	}
	return rendered
}

// opensCallTag finds a <tool_call> with the start of a call in it: Hermes'
// JSON, or the function tags of Qwen3-Coder; wrapsTagged finds the latter.
var (
	opensCallTag = regexp.MustCompile(`<tool_call>\s*(?:\{|<function=)`)
	wrapsTagged  = regexp.MustCompile(`<tool_call>\s*<function=`)
)

// writesTagged says that a text makes a call with function tags, closed or cut
// off.
func writesTagged(text string) bool {
	for _, c := range TagSpans(text) {
		if c.closed || len(c.Params) > 0 || skipBlank(text[c.NameAt+len(c.Name)+1:]) == "" {
			return true
		}
	}
	return false
}

// CallTagsAreNotation says that <tool_call> in a record with calls in its text
// is what it looks like. Where the calls are function tags it is a string that
// the agent reads or writes about, and a model never sees it as a token.
func CallTagsAreNotation(t *format.Trajectory) bool {
	tagged, opened := false, false
	for _, m := range t.Messages {
		if m.Role != format.Assistant {
			continue
		}
		if wrapsTagged.MatchString(m.Content) {
			return true
		}
		before, calls, _ := HermesCalls(m.Content)
		opened = opened || len(calls) > 0 || opensCallTag.MatchString(m.Content)
		tagged = tagged || writesTagged(before)
	}
	return opened && !tagged
}
