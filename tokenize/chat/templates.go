package chat

import (
	"encoding/json"
	"regexp"

	"trainyard/format"
	"trainyard/tokenize"
)

// A Layout is how one family of models writes a conversation.
type Layout struct {
	Summary string

	// tokenizer is that of the models; ChatML has none of its own, and is read with
	// that of the Qwen models, which know its markers.
	tokenizer func() *tokenize.Tokenizer
	// checkpoints matches the last part of the names of the models that the layout
	// comes with; nil where it comes with none. Qwen3-Coder, the 2507 releases, Math
	// and VL have templates of their own and are none of these.
	checkpoints   *regexp.Regexp
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
		tokenizer:     tokenize.Qwen25,
		checkpoints:   regexp.MustCompile(`^Qwen2\.5(-Coder)?-[0-9.]+B-Instruct(-1M|-AWQ|-GPTQ.*)?$`),
		defaultSystem: "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.",
		notation:      qwenNotation,
		write:         writeQwen25,
	},
	"qwen2.5-base": {
		Summary:       "Qwen2.5 base models: the same, with a shorter default system prompt",
		tokenizer:     tokenize.Qwen25,
		checkpoints:   regexp.MustCompile(`^Qwen2\.5(-Coder)?-[0-9.]+B$`),
		defaultSystem: "You are a helpful assistant.",
		notation:      qwenNotation,
		write:         writeQwen25,
	},
	"qwen3": {
		Summary:      "Qwen3 hybrid models: no default system prompt, thoughts kept after the last query only",
		tokenizer:    tokenize.Qwen3,
		checkpoints:  regexp.MustCompile(`^Qwen3-[0-9.]+B(-A[0-9.]+B)?(-Base|-FP8|-AWQ|-GPTQ.*)?$`),
		bareStrings:  true,
		notation:     qwen3Notation,
		thoughtsFrom: func(at func(int) (format.Role, string), messages int) int { return lastQuery(at, messages) + 1 },
		write:        writeQwen3,
	},
	"chatml": {
		Summary:   "plain ChatML: every message as it stands, no default system prompt, no tools",
		tokenizer: tokenize.Qwen25,
		noTools:   true,
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
