package main

import (
	"fmt"

	"trainyard/tokenize"
)

// findTokenizer takes a built-in name or a path, and tells which chat
// template is the vocabulary's own; "" for none.
func findTokenizer(name string) (tok *tokenize.Tokenizer, template string, err error) {
	switch name {
	case "qwen2.5":
		return tokenize.Qwen25(), "qwen2.5", nil
	}
	return nil, "", usageError{fmt.Errorf("no tokenizer %q", name)}
}
