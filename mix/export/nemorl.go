package export

// Its loader has a list message_loss_mask too, which the processors of distillation
// read and sft_processor does not: with it a turn would be trained all the same.
var nemoRL = Target{
	Summary: "NeMo-RL's openai_format: messages, every assistant message trained",
	Limits:  "rows that keep a turn out of the loss are refused",
	Read:    "NVIDIA-NeMo/RL, nemo_rl/data/datasets/response_datasets/oai_format_dataset.py and data/processors.py",
	says:    allTurns,
	lines:   func(c *conversation) []any { return messagesLine(c, func(*message, turn) {}) },
}
