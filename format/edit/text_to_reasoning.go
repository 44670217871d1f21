package edit

import (
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
)

// textToReasoning is SERA's wrapping of thoughts (sera/datagen/data/postprocess,
// reformat_assistant_message): thought and text are its keep_only_think and
// keep_only_non_think.
var textToReasoning = Edit{
	Name:    "text_to_reasoning",
	Summary: "make a thought of what a turn says before its call, for a student that thinks before it acts",
	Limits:  "a turn without a call stays, for it speaks to the user; of calls in a text, function tags and <tool_call> blocks are read",
	Args: []Arg{{Name: "both", Kind: TextArg, Summary: "where a turn has a thought of its own as well: join them (the default), keep the thought, or keep the text; " +
		"the other is dropped"}},
	prepare: func(given editArgs, _ Env) (change, error) {
		both, known := format.NameOr(given.text("both"), "join"), []string{"join", "text", "thought"}
		if !slices.Contains(known, both) {
			return nil, format.UnknownName("value of both", both, known)
		}
		return func(t *format.Trajectory) (n int, _ error) {
			for i := range t.Messages {
				n += count(thinkAloud(&t.Messages[i], both))
			}
			return n, nil
		}, nil
	},
}

// thinkAloud moves a message's words into its thought, and says whether it did.
func thinkAloud(m *format.Message, both string) bool {
	thought, rest, _ := recordedThought(*m)
	at := callAt(*m, rest)
	words := strings.TrimSpace(rest[:max(at, 0)])
	if at < 0 || words == "" {
		return false
	}
	out := m.ThoughtUntrained() || maskedBefore(m, rest, at)
	switch {
	case strings.TrimSpace(thought) == "" || both == "text":
		thought = words
	case both == "join":
		thought = joinAll([]string{strings.TrimSpace(thought), words})
	}
	m.SetContent(rest[at:])
	m.Reasoning, m.UntrainedThought = thought, out
	return true
}

// callAt is where in the words of a message its calls begin, their end for calls
// beside the words, and -1 where it calls nothing.
func callAt(m format.Message, words string) int {
	if m.Role != format.Assistant {
		return -1
	}
	if len(m.Calls) > 0 {
		return len(words)
	}
	if spans := protocol.TagSpans(words); len(spans) > 0 {
		return spans[0].Start
	}
	before, calls, err := protocol.HermesCalls(words)
	if err != nil || len(calls) == 0 {
		return -1
	}
	return len(before) + strings.Index(words[len(before):], "<tool_call>")
}
