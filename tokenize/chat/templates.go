package chat

import (
	"encoding/json"

	"trainyard/format"
)

// A Layout is how one family of models writes a conversation.
type Layout struct {
	Summary string

	defaultSystem string
	// noTools: the layout has no place for tool lists and calls; they must be
	// rendered into text first.
	noTools bool
	// bareStrings: arguments that are a JSON string are pasted without quotes.
	bareStrings bool
	notation    map[string]speaker
	// thoughtsFrom is the first message of a conversation whose thought is
	// written; nil where the layout has no place for thoughts.
	thoughtsFrom func(at func(int) (format.Role, string), messages int) int
	write        func(p *chatWriter, c conversation)
}

// Templates are the layouts by name. Each is held against the Jinja text of
// its models' tokenizer_config.json, rendered by Jinja itself.
var Templates = map[string]Layout{
	"qwen2.5": {
		Summary:       "Qwen2.5 and Qwen2.5-Coder Instruct",
		defaultSystem: "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.",
		notation:      qwenNotation,
		write:         writeQwen25,
	},
	"qwen2.5-base": {
		Summary:       "Qwen2.5 base models: the same, with a shorter default system prompt",
		defaultSystem: "You are a helpful assistant.",
		notation:      qwenNotation,
		write:         writeQwen25,
	},
	"qwen3": {
		Summary:      "Qwen3 hybrid models: no default system prompt, thoughts kept after the last query only",
		bareStrings:  true,
		notation:     qwen3Notation,
		thoughtsFrom: func(at func(int) (format.Role, string), messages int) int { return lastQuery(at, messages) + 1 },
		write:        writeQwen3,
	},
	"chatml": {
		Summary: "plain ChatML: every message as it stands, no default system prompt, no tools",
		noTools: true,
		// Calls that a style wrote into the text are tokens to every trainer.
		notation: qwenNotation,
		write:    writeChatML,
	},
}

// A conversation is what a layout writes. Arguments and tools are valid JSON.
type conversation struct {
	messages []format.Message
	tools    json.RawMessage // a non-empty array, or nil
}

func (c conversation) last(i int) bool { return i == len(c.messages)-1 }
