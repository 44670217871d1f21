package chat

import "testing"

func TestEveryTemplateHasATokenizerThatKnowsItsMarkers(t *testing.T) {
	for name := range Templates {
		tok, err := ForTemplate(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := NewTemplate(name, tok); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if tok, _ := ForTemplate("qwen3"); tok.Name() != "qwen3" {
		t.Errorf("qwen3 is written in the vocabulary of %s", tok.Name())
	}
	if _, err := ForTemplate("unknown"); err == nil {
		t.Error("an unknown template has a tokenizer")
	}
}
