package edit

import (
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
)

// thinkFirst gives every turn the form that a student of think blocks is trained
// on (card of togethercomputer/CoderForge-Preview): rows of Qwen3 without blocks
// taught it to write none, and its answers fell apart. Thoughts of the think tool
// are moved first, by think_to_reasoning.
var thinkFirst = Edit{
	Name:    "think_first",
	Summary: "write the thought of a turn as a think block before its words: <think>, the thought, </think>, each on a line of its own",
	Limits: "a student whose template has a place for thoughts (qwen3) reads the blocks back and shows those that its template shows; " +
		"reasoning: drop takes them out again; a thought that holds </think> is refused",
	Args: []Arg{{Name: "empty", Kind: SwitchArg, Summary: "write an empty block where a turn has no thought"}},
	prepare: func(given editArgs, _ Env) (change, error) {
		return func(t *format.Trajectory) (n int, err error) {
			for i := range t.Messages {
				if t.Messages[i].Role != format.Assistant {
					continue
				}
				changed, err := putThoughtFirst(&t.Messages[i], given.on("empty"))
				if err != nil {
					return n, format.Rejectf(format.EditFailed, "message %d: %v", i+1, err)
				}
				n += count(changed)
			}
			return n, nil
		}, nil
	},
}

func putThoughtFirst(m *format.Message, empty bool) (changed bool, err error) {
	thought, rest, found := recordedThought(*m)
	switch {
	case strings.Contains(thought, protocol.ThinkClose):
		return false, format.Rejectf(format.EditFailed, "the thought holds %s", protocol.ThinkClose)
	case strings.TrimSpace(thought) == "" && !found && !empty:
		return false, nil
	}
	// Behind a first block others are found that stand further down.
	thought, rest, _ = protocol.SplitThink(protocol.ThinkBlock(thought) + strings.TrimLeft(rest, "\r\n"))
	block := protocol.ThinkBlock(thought)
	if m.Reasoning == "" && m.Content == block+rest {
		return false, nil
	}
	out := m.ThoughtUntrained() || maskedBefore(m, rest, 0)
	said := format.Turn{Role: m.Role, Content: rest, Untrained: m.Untrained, Masked: m.Masked.Carry(m.Content, rest)}
	m.Say(format.Join(format.Turn{Role: m.Role, Content: block, Untrained: out || m.Untrained}, said, block+rest))
	m.Reasoning, m.UntrainedThought = "", false
	return true, nil
}

// recordedThought is the thought of a message, apart from its words or in a block
// among them, and the words without it.
func recordedThought(m format.Message) (thought, rest string, found bool) {
	apart := m.Reasoning
	if inside, left, wrapped := protocol.SplitThink(apart); wrapped && left == "" {
		apart = inside
	}
	block, rest, found := protocol.SplitThink(m.Content)
	if strings.TrimSpace(block) == strings.TrimSpace(apart) {
		block = "" // some servers log one thought in both places
	}
	return joinAll([]string{apart, block}), rest, found
}

// maskedBefore says that something is out of the loss in what stands before rest
// in a content, or in the first bytes of rest; where blocks were taken out of the
// middle, that anything is.
func maskedBefore(m *format.Message, rest string, first int) bool {
	at := len(m.Content) - len(rest)
	return len(m.Masked) > 0 && (!strings.HasSuffix(m.Content, rest) || m.Masked[0].Start < at+first)
}
