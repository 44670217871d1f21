package chat

import "trainyard/format"

// Literals says what becomes of an added-token string such as <|im_end|> or
// <tool_call> that stands in the content of a message.
type Literals int

const (
	// NotationOnly keeps them text, except the strings by which the template
	// itself writes calls and thoughts, where the speaker may write them:
	// <tool_call> in system and assistant content, and for Qwen3 <think> in
	// assistant and <tool_response> in user content. A flattened conversation
	// so has the ids of the native one. Results of calls, names, arguments and
	// tool lists are data: nothing in them is notation.
	NotationOnly Literals = iota
	// AsText keeps all of them text.
	AsText
	// AsTokens turns all of them into their ids, as a Hugging Face tokenizer
	// does with the rendered text: a tool's output can then close a turn.
	AsTokens
)

// A speaker is a set of roles as bits; the empty set is data.
type speaker uint8

const (
	data        speaker = 0
	bySystem    speaker = 1
	byUser      speaker = 2
	byAssistant speaker = 4
)

func speakerOf(r format.Role) speaker {
	switch r {
	case format.System:
		return bySystem
	case format.User:
		return byUser
	case format.Assistant:
		return byAssistant
	}
	return data
}

// A marker is a string of the template that is one token where the vocabulary
// knows it, and text where it does not (<think> under Qwen2.5).
type marker struct {
	text  string
	id    int32
	known bool
}
