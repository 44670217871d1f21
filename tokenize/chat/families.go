package chat

import (
	"fmt"

	"trainyard/tokenize"
)

// families says whose vocabulary a template is written in. ChatML itself has
// none; it is read with that of the Qwen models, which know its markers.
var families = map[string]func() *tokenize.Tokenizer{
	"qwen2.5":      tokenize.Qwen25,
	"qwen2.5-base": tokenize.Qwen25,
	"chatml":       tokenize.Qwen25,
	"qwen3":        tokenize.Qwen3,
}

// ForTemplate returns the built-in tokenizer of the models that a template of
// [Templates] belongs to.
func ForTemplate(name string) (*tokenize.Tokenizer, error) {
	family, ok := families[name]
	if !ok {
		return nil, fmt.Errorf("unknown chat template %q: known are %s", name, names(Templates))
	}
	return family(), nil
}
