package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A session is a rollout while it runs: the checkout, what was said so far and
// the facts that the next thought may mention. After the first error it does
// nothing more; the caller looks at err once, at the end.
type session struct {
	ctx      context.Context
	tree     *checkout
	by       string
	dice     *dice
	messages []message
	facts    map[string]string
	seen     string         // remark about the last output, for the next thought
	said     map[string]int // thoughts so far, by stage
	calls    int
	err      error
}

// act says a thought of the given stage, makes the calls of one message and
// returns what the last one printed.
func (s *session) act(stage string, calls ...call) string {
	said := message{Role: "assistant", Content: s.thought(stage)}
	for _, c := range calls {
		said.ToolCalls = append(said.ToolCalls, s.encode(c))
	}
	s.messages = append(s.messages, said)
	out := ""
	for i, c := range calls {
		if c.Tool == "finish" {
			break
		}
		out = s.perform(c)
		id := said.ToolCalls[i].ID
		s.messages = append(s.messages, message{Role: "tool", Content: out, ToolCallID: id, Name: c.Tool})
	}
	s.seen = remark(stage, out)
	return out
}

func (s *session) encode(c call) toolCall {
	args, err := compact(c.Args)
	s.fail(err)
	s.calls++
	return toolCall{ID: fmt.Sprintf("call_%03d", s.calls), Type: "function", Function: function{c.Tool, string(args)}}
}

func (s *session) perform(c call) string {
	if s.err != nil {
		return ""
	}
	switch args := c.Args.(type) {
	case bashArgs:
		return s.bash(args)
	case editorArgs:
		return s.tree.edit(args)
	}
	return "Noted."
}

func (s *session) bash(args bashArgs) string {
	out, code, err := s.tree.run(s.ctx, args.Command)
	s.fail(err)
	if code != 0 {
		return fmt.Sprintf("%s[exit status %d]", out, code)
	}
	if out == "" {
		return "[no output]"
	}
	return out
}

func (s *session) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// remark says what an output means for the next thought, "" if nothing.
func remark(stage, out string) string {
	lines := strings.Count(strings.TrimSuffix(out, "\n"), "\n") + 1
	switch {
	case strings.HasPrefix(out, "Nothing changed"):
		return "The edit did not take."
	case lines > 400:
		return fmt.Sprintf("That printed %d lines, more than I wanted.", lines)
	case stage == "search" && strings.HasPrefix(out, "["):
		return "No match."
	case stage == "search" && lines == 1:
		return "One match only."
	case stage == "search":
		return fmt.Sprintf("%d matching lines.", lines)
	}
	return ""
}

// thought takes the next phrase of the stage, starting anywhere, and fills in
// the facts; now and then a remark about the last output goes before it.
func (s *session) thought(stage string) string {
	choices := phrases[s.by][stage]
	if _, begun := s.said[stage]; !begun {
		s.said[stage] = s.dice.roll(len(choices))
	}
	text := choices[s.said[stage]%len(choices)]
	s.said[stage]++
	if s.seen != "" && s.dice.roll(3) > 0 {
		text = s.seen + " " + text
	}
	return s.fill(text)
}

// fill puts the facts in the place of {their names}.
func (s *session) fill(text string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(s.facts)) {
		pairs = append(pairs, "{"+name+"}", s.facts[name])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
