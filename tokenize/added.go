package tokenize

// Added tokens stand outside the vocabulary: no merge makes them, and ordinary
// text that spells one stays text unless matching is asked for. The lists are
// those of the tokenizer_config.json of each family; ids follow the order.
var (
	qwen25Added = []string{
		"<|endoftext|>", "<|im_start|>", "<|im_end|>",
		"<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>", "<|box_end|>",
		"<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>",
		"<|vision_pad|>", "<|image_pad|>", "<|video_pad|>",
		"<tool_call>", "</tool_call>",
		"<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>",
		"<|repo_name|>", "<|file_sep|>",
	}
	qwen3Added = []string{"<tool_response>", "</tool_response>", "<think>", "</think>"}
)
