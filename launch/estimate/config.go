package estimate

import (
	"encoding/json"
	"errors"
	"fmt"
)

// config is the part of a checkpoint's config.json that a shape is made of.
type config struct {
	Type          string `json:"model_type"`
	Layers        int    `json:"num_hidden_layers"`
	Hidden        int    `json:"hidden_size"`
	Intermediate  int    `json:"intermediate_size"`
	Heads         int    `json:"num_attention_heads"`
	KVHeads       int    `json:"num_key_value_heads"`
	HeadDim       int    `json:"head_dim"`
	Vocabulary    int    `json:"vocab_size"`
	Tied          bool   `json:"tie_word_embeddings"`
	AttentionBias bool   `json:"attention_bias"`
	Experts       int    `json:"num_experts"`
	LocalExperts  int    `json:"num_local_experts"`
}

// ParseConfig reads a shape from the config.json of a dense checkpoint.
func ParseConfig(data []byte) (Shape, error) {
	var c config
	if err := json.Unmarshal(data, &c); err != nil {
		return Shape{}, err
	}
	if c.Experts > 0 || c.LocalExperts > 0 {
		return Shape{}, errors.New("a mixture of experts, of which no measured run is known to estimate from")
	}
	if c.KVHeads == 0 { // as transformers reads it
		c.KVHeads = c.Heads
	}
	if c.HeadDim == 0 && c.Heads > 0 {
		c.HeadDim = c.Hidden / c.Heads
	}
	for _, f := range []struct {
		name  string
		value int
	}{
		{"num_hidden_layers", c.Layers}, {"hidden_size", c.Hidden}, {"intermediate_size", c.Intermediate},
		{"num_attention_heads", c.Heads}, {"num_key_value_heads", c.KVHeads}, {"head_dim", c.HeadDim}, {"vocab_size", c.Vocabulary},
	} {
		if f.value <= 0 {
			return Shape{}, fmt.Errorf("%s is %d: want a number above 0", f.name, f.value)
		}
	}
	return Shape{
		Layers: c.Layers, Hidden: c.Hidden, Intermediate: c.Intermediate, Heads: c.Heads, KVHeads: c.KVHeads, HeadDim: c.HeadDim,
		Vocabulary: c.Vocabulary, Tied: c.Tied, Biased: c.AttentionBias || c.Type == "qwen2", Normed: c.Type == "qwen3",
	}, nil
}
