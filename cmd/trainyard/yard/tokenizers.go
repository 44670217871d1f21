package yard

import "trainyard/tokenize"

// A Vocabulary is one inside the program.
type Vocabulary struct {
	Summary  string
	Template string // the chat template that is its own
	Open     func() *tokenize.Tokenizer
}

// Vocabularies are those inside the program, by name.
var Vocabularies = map[string]Vocabulary{
	"qwen2.5": {"Qwen2.5 and Qwen2.5-Coder, all sizes", "qwen2.5", tokenize.Qwen25},
	"qwen3":   {"Qwen3: the same vocabulary and four more added tokens", "qwen3", tokenize.Qwen3},
}

func listTokenizers() []Listed {
	return summaries(Vocabularies, func(v Vocabulary) string { return v.Summary })
}
