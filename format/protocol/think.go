package protocol

import (
	"slices"
	"strings"
)

// The tags that a model's thoughts stand between where they stand in its text.
const (
	ThinkOpen  = "<think>"
	ThinkClose = "</think>"
)

// ThinkTags are both tags, for those who break or spare special strings.
var ThinkTags = []string{ThinkOpen, ThinkClose}

// WithoutThinkTags leaves the tags out of specials, for what an assistant says:
// to a model that has them as tokens they are notation of its own.
func WithoutThinkTags(specials []string) []string {
	return slices.DeleteFunc(slices.Clone(specials), func(s string) bool { return slices.Contains(ThinkTags, s) })
}

// SplitThink takes the thoughts out of an assistant's text: the think block it
// leads with, and those that start a line further down, as texts that were
// joined have them. A leading block may lack its first tag, which servers put
// into the prompt, or its last one, where the reply was cut off: a call of a
// text dialect ends it then. Found tells a text without a block from one whose
// block is empty.
func SplitThink(text string) (thought, rest string, found bool) {
	thought, rest, found = leadingThink(text)
	if !found {
		return "", text, false
	}
	thoughts, said := []string{thought}, []string{}
	calls := len(rest) - firstCall(rest)
	for {
		start, end := lowerThink(rest[:len(rest)-calls])
		if end < 0 {
			return joinFilled(thoughts), joinFilled(append(said, rest)), true
		}
		thoughts = append(thoughts, strings.Trim(rest[start+len(ThinkOpen):end-len(ThinkClose)], "\r\n"))
		said = append(said, strings.TrimRight(rest[:start], " \t\r\n"))
		rest = strings.TrimLeft(rest[end:], "\r\n")
		calls = min(calls, len(rest))
	}
}

func leadingThink(text string) (thought, rest string, found bool) {
	body, opened := strings.CutPrefix(strings.TrimLeft(text, " \t\r\n"), ThinkOpen)
	if !opened {
		return unopenedThink(text)
	}
	if thought, rest, closed := strings.Cut(body, ThinkClose); closed {
		return strings.Trim(thought, "\r\n"), strings.TrimLeft(rest, "\r\n"), true
	}
	end := firstCall(body)
	return strings.Trim(body[:end], "\r\n"), body[end:], true
}

// unopenedThink knows a block without its first tag by the last one: it ends a
// line, which a mention of the tag in a sentence or in code does not.
func unopenedThink(text string) (thought, rest string, found bool) {
	thought, rest, closed := strings.Cut(text, ThinkClose)
	after := strings.TrimLeft(rest, " \t\r")
	ended := after == "" || after[0] == '\n'
	if !closed || !ended || strings.Contains(thought, ThinkOpen) || firstCall(thought) < len(thought) {
		return "", text, false
	}
	return strings.Trim(thought, "\r\n"), strings.TrimLeft(rest, " \t\r\n"), true
}

// lowerThink finds the next closed block that starts a line outside of code
// fences; end is -1 without one.
func lowerThink(text string) (start, end int) {
	for at, fences := 0, 0; ; at = start + len(ThinkOpen) {
		next := strings.Index(text[at:], ThinkOpen)
		if next < 0 {
			return 0, -1
		}
		start = at + next
		fences += strings.Count(text[at:start], "```")
		above := strings.TrimRight(text[:start], " \t")
		if fences%2 != 0 || above != "" && !strings.HasSuffix(above, "\n") {
			continue
		}
		size := strings.Index(text[start:], ThinkClose)
		if size < 0 {
			return 0, -1
		}
		return start, start + size + len(ThinkClose)
	}
}

// firstCall is where the first call of a text dialect begins, or the text's end.
func firstCall(text string) int {
	end := len(text)
	for _, call := range []string{FunctionOpen, "<tool_call>"} {
		if at := strings.Index(text[:end], call); at >= 0 {
			end = at
		}
	}
	return end
}

// joinFilled puts an empty line between texts, nothing beside an empty one.
func joinFilled(texts []string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), "\n\n")
}

// ThinkBlock is a thought in the form of the students that know one, Qwen3's
// chat template being the first.
func ThinkBlock(thought string) string {
	return ThinkOpen + "\n" + strings.Trim(thought, "\n") + "\n" + ThinkClose + "\n\n"
}
