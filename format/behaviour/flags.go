package behaviour

import (
	"maps"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/secret"
)

// Flags: what a person should know about a trajectory before training on it.
const (
	FlagANSI            = "ansi"
	FlagCondensed       = "condensed"
	FlagConsecutive     = "consecutive_role"
	FlagCRLF            = "crlf"
	FlagDuplicate       = "duplicate"
	FlagDuplicatedTools = "duplicated_tool_suffix"
	FlagEmptyAssistant  = "empty_assistant"
	FlagErrorTurn       = "error_turn"
	FlagFormatError     = "format_error_turn"
	FlagGitHistory      = "git_history_access"
	FlagExample         = "icl_demo"
	FlagImage           = "image_part"
	FlagLoop            = "loop"
	FlagNetwork         = "network_fetch"
	FlagNoAgent         = "no_agent"
	FlagOrphanResult    = "orphan_tool_result"
	FlagOverLength      = "over_length"
	FlagParallel        = "parallel_calls"
	FlagRewardMismatch  = "reward_mismatch"
	FlagSecret          = "secret"
	FlagSingleTurn      = "single_turn"
	FlagSpecial         = "special_token_literal"
	FlagStuck           = "stuck"
	FlagUnanswered      = "unanswered_call"
	FlagUnclosed        = "unclosed_function"
)

// A Flag is one entry of the list of flags.
type Flag struct {
	Name, Summary string
	// raised looks at a trajectory and its steps; nil for flags that need
	// more than the trajectory and that the caller sets.
	Raised func(*format.Trajectory, []Step) bool
}

// FlagList holds every flag by name.
var FlagList = map[string]Flag{
	FlagANSI:        {FlagANSI, "terminal control sequences in a text", inContent(func(m format.Message) bool { return strings.ContainsRune(m.Content, '\x1b') })},
	FlagCondensed:   {FlagCondensed, "a part of the conversation is replaced by a summary or left out", isCondensed},
	FlagConsecutive: {FlagConsecutive, "two messages of one role in a row", hasConsecutive},
	FlagCRLF:        {FlagCRLF, "Windows line ends in a text", inContent(func(m format.Message) bool { return strings.Contains(m.Content, "\r\n") })},
	FlagDuplicate:   {FlagDuplicate, "the same content came before (set while mixing)", nil},
	FlagDuplicatedTools: {FlagDuplicatedTools, "the system text describes its tools twice", inContent(func(m format.Message) bool {
		return m.Role == format.System && len(protocol.DuplicateBlocks(m.Content)) > 0
	})},
	FlagEmptyAssistant: {FlagEmptyAssistant, "an assistant message without text or call", inContent(isEmptyAssistant)},
	FlagErrorTurn:      {FlagErrorTurn, "the scaffold could not carry out an action", inContent(isErrorTurn)},
	FlagFormatError:    {FlagFormatError, "the scaffold could not read a reply as an action", hasFormatError},
	FlagGitHistory:     {FlagGitHistory, "the agent looked into commits that may hold the fix", anyCommand(readsHistory)},
	FlagExample:        {FlagExample, "an in-context example stands before the task", hasExample},
	FlagImage:          {FlagImage, "an image as text, or a record refused for its images", inContent(func(m format.Message) bool { return strings.Contains(m.Content, "data:image/") })},
	FlagLoop:           {FlagLoop, "the same action three times in a row", isLoop},
	FlagNetwork:        {FlagNetwork, "the agent fetched something from the network", fetches},
	FlagNoAgent:        {FlagNoAgent, "nothing is called in the whole conversation: a chat, not a rollout", hasNoAgent},
	FlagOrphanResult:   {FlagOrphanResult, "a tool result that no call asked for", hasOrphan},
	FlagOverLength:     {FlagOverLength, "longer than the window (set while mixing)", nil},
	FlagParallel:       {FlagParallel, "several calls in one message", inContent(func(m format.Message) bool { return len(m.Calls) > 1 })},
	FlagRewardMismatch: {FlagRewardMismatch, "the record's own verdicts disagree", nil},
	FlagSecret:         {FlagSecret, "something shaped like a credential", hasSecret},
	FlagSingleTurn:     {FlagSingleTurn, "one reply is all that is learned from", isSingleTurn},
	FlagSpecial:        {FlagSpecial, "a special-token string in a text", hasSpecial},
	FlagStuck:          {FlagStuck, "OpenHands' stuck detector would have stopped the agent: the same step and result four times, an error three times, two steps in turn three times, or a monologue", isStuck},
	FlagUnanswered:     {FlagUnanswered, "a call without a result, and the conversation goes on", hasUnanswered},
	FlagUnclosed:       {FlagUnclosed, "an assistant turn ends on an open function tag", inContent(func(m format.Message) bool { return m.Role == format.Assistant && protocol.IsUnclosed(m.Content) })},
}

// FlagNames lists the flags in alphabetical order.
func FlagNames() []string { return slices.Sorted(maps.Keys(FlagList)) }

// Flags names, in alphabetical order, what holds for a trajectory as it is
// now, edits included. A chat, where one is given, is looked at for what only
// a rendering shows. Flags that the trajectory alone cannot tell are left to
// the caller: over_length, duplicate, reward_mismatch.
func Flags(t *format.Trajectory, chat format.Chat) []string {
	steps := Steps(t)
	var names []string
	for _, name := range FlagNames() {
		flag := FlagList[name]
		if flag.Raised != nil && flag.Raised(t, steps) || name == FlagUnclosed && unclosed(chat) {
			names = append(names, name)
		}
	}
	return names
}

func unclosed(c format.Chat) bool {
	return slices.ContainsFunc(c, func(turn format.Turn) bool { return turn.Role == format.Assistant && protocol.IsUnclosed(turn.Content) })
}

func inContent(holds func(format.Message) bool) func(*format.Trajectory, []Step) bool {
	return func(t *format.Trajectory, _ []Step) bool { return slices.ContainsFunc(t.Messages, holds) }
}

// condensed are how scaffolds mark what they left out of the context.
var condensed = []string{
	"<PREVIOUS SUMMARY>", "<CONVERSATION SUMMARY", "<MASKED>", // OpenHands condensers
	"Old environment output: (",                                                      // SWE-agent's last-n observations
	"This session is being continued from a previous conversation",                   // Claude Code
	"<previous-context>", "The conversation history before this point was compacted", // others
}

// isCondensed believes the dialect, and else looks for those marks.
func isCondensed(t *format.Trajectory, _ []Step) bool {
	return t.Condensed || slices.ContainsFunc(t.Messages, func(m format.Message) bool {
		return (m.Role == format.User || m.Role == format.ToolRole) && protocol.StartsWithAny(m.Content, condensed)
	})
}

func hasConsecutive(t *format.Trajectory, _ []Step) bool {
	for i := 1; i < len(t.Messages); i++ {
		if role := t.Messages[i].Role; role == t.Messages[i-1].Role && role != format.ToolRole {
			return true
		}
	}
	return false
}

func isEmptyAssistant(m format.Message) bool {
	return m.Role == format.Assistant && len(m.Calls) == 0 && strings.TrimSpace(m.Content) == ""
}

// What scaffolds answer to an action that they could not carry out; a
// command that fails is none.
const errorTail = "[Error occurred in processing last action]" // OpenHands

var errorHeads = []string{
	"Error validating args", "Error executing tool", // OpenHands V1
	"<tool_use_error>", // Claude Code
	"ERROR:\n",         // OpenHands V0's editor
}

func isErrorTurn(m format.Message) bool {
	if m.Role != format.User && m.Role != format.ToolRole {
		return false
	}
	return isErrorText(m.Content)
}

// isErrorText says so of the text of a result.
func isErrorText(text string) bool {
	if at := protocol.ResultHeader.FindStringIndex(text); at != nil {
		text = text[at[1]:]
	}
	return protocol.StartsWithAny(text, errorHeads) || strings.HasSuffix(strings.TrimRight(text, " \t\r\n"), errorTail)
}

func hasNoAgent(_ *format.Trajectory, steps []Step) bool {
	return !slices.ContainsFunc(steps, func(s Step) bool { return len(s.Actions) > 0 })
}

func isSingleTurn(_ *format.Trajectory, steps []Step) bool { return len(steps) == 1 }

func hasFormatError(t *format.Trajectory, _ []Step) bool {
	for i, m := range t.Messages {
		if protocol.IsNamelessCall(m) || protocol.IsFormatError(m) && !protocol.IsTask(t, i) {
			return true
		}
	}
	return false
}

func hasExample(t *format.Trajectory, _ []Step) bool {
	for _, m := range t.Messages {
		if m.Role == format.Assistant {
			return false
		}
		if _, found := protocol.WithoutExample(m.Content); found && m.Role == format.User {
			return true
		}
	}
	return false
}

// hasOrphan matches results to calls by id; without ids a result needs only
// some call before it.
func hasOrphan(t *format.Trajectory, _ []Step) bool {
	called := map[string]bool{}
	open := 0
	for _, m := range t.Messages {
		for _, call := range m.Calls {
			called[call.ID] = true
		}
		switch {
		case m.Role == format.Assistant:
			open = len(m.Calls)
		case m.Role == format.ToolRole:
			if open == 0 || m.CallID != "" && !called[m.CallID] && !called[""] {
				return true
			}
			open--
		}
	}
	return false
}

func hasUnanswered(_ *format.Trajectory, steps []Step) bool {
	for i, s := range steps {
		if i < len(steps)-1 && slices.ContainsFunc(s.Actions, func(a Action) bool { return !a.answered }) {
			return true
		}
	}
	return false
}

func hasSecret(t *format.Trajectory, _ []Step) bool {
	found := false
	// Arguments that are no JSON were refused when the record was parsed.
	_, _ = protocol.EditTexts(t, func(_ format.Role, text string) (string, int) {
		found = found || len(secret.Find(text)) > 0
		return text, 0
	})
	return found
}

// specialLiterals are the special tokens of the Qwen family that a
// trajectory may hold as text.
var specialLiterals = []string{"<|im_start|>", "<|im_end|>", "<|endoftext|>", "<tool_call>", "</tool_call>"}

func hasSpecial(t *format.Trajectory, _ []Step) bool {
	spared := specialLiterals
	if protocol.HasRenderedCalls(t) {
		spared = protocol.WithoutCallTags(specialLiterals)
	}
	return slices.ContainsFunc(t.Messages, func(m format.Message) bool {
		specials := spared
		if m.Role == format.User {
			specials = specialLiterals
		}
		return len(protocol.SpecialStarts(m.Content, specials)) > 0
	})
}
