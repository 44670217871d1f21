package export

var together = Target{
	Summary: "Together's fine-tuning: messages, with weight 1 or 0 on each assistant message",
	Limits:  "rows of tokens can be sent as they are: the service reads Parquet with input_ids, attention_mask and labels",
	Read:    "docs.together.ai/docs/fine-tuning/data-preparation and together 1.5.35, utils/files.py",
	says:    eachTurn,
	lines:   func(c *conversation) []any { return messagesLine(c, weighted) },
}
