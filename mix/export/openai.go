package export

var openAI = Target{
	Summary: "OpenAI's supervised fine-tuning: messages, with weight 1 or 0 on each assistant message",
	Limits:  "a file needs 10 lines at least; prompts over the model's limit are cut by the service",
	Read:    "OpenAI's OpenAPI specification, FineTuneChatCompletionRequestAssistantMessage.weight",
	says:    eachTurn,
	lines:   func(c *conversation) []any { return messagesLine(c, weighted) },
}
