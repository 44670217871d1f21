package main

import (
	"context"
	"fmt"
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
	seen     string // remark about the last output, for the next thought
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
	s.seen = remark(out)
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

// remark says in a few words what an output looked like.
func remark(out string) string {
	lines := strings.Count(strings.TrimSuffix(out, "\n"), "\n") + 1
	switch {
	case strings.Contains(out, "[exit status") && lines == 1:
		return "Nothing there."
	case strings.HasPrefix(out, "Nothing changed"):
		return "The edit did not take."
	case lines > 400:
		return fmt.Sprintf("That printed %d lines, more than I wanted.", lines)
	case lines > 3 && lines < 40:
		return fmt.Sprintf("%d lines to look at.", lines)
	}
	return ""
}

// thought fills one phrase of the stage with the facts, now and then with a
// remark about the last output before it.
func (s *session) thought(stage string) string {
	text := pick(s.dice, phrases[s.by][stage])
	if s.seen != "" && s.dice.roll(3) > 0 {
		text = s.seen + " " + text
	}
	return s.fill(text)
}

// fill puts the facts in the place of {their names}.
func (s *session) fill(text string) string {
	for name, value := range s.facts {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}
