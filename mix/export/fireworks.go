package export

var fireworks = Target{
	Summary: "Fireworks' supervised fine-tuning: messages, with weight 1 or 0 on each assistant message",
	Limits:  "a file has 3 lines at least and 3 million at most",
	Read:    "docs.fireworks.ai/fine-tuning/fine-tuning-models and /debug-sft-tokenization (weight 0 on a message)",
	says:    eachTurn,
	lines:   func(c *conversation) []any { return messagesLine(c, weighted) },
}
