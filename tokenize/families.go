package tokenize

import "fmt"

// families says whose vocabulary a template is written in. ChatML itself has
// none; it is read with that of the Qwen models, which know its markers.
var families = map[string]func() *Tokenizer{
	"qwen2.5":      Qwen25,
	"qwen2.5-base": Qwen25,
	"chatml":       Qwen25,
	"qwen3":        Qwen3,
}

// ForTemplate returns the built-in tokenizer of the models that a template of
// [Templates] belongs to.
func ForTemplate(name string) (*Tokenizer, error) {
	family, ok := families[name]
	if !ok {
		return nil, fmt.Errorf("unknown chat template %q: known are %s", name, names(Templates))
	}
	return family(), nil
}
