package tokenize

import (
	"fmt"

	"github.com/pkoukk/tiktoken-go"

	"trainyard/tokenize/unicode"
)

// Tiktoken returns an encoder with the same ids as t that shares no code with
// it but the vocabulary and the normaliser: merges and splitting are those of
// tiktoken-go. It is the oracle that tests and fuzzing hold the engine
// against, some hundred times slower and quadratic on long words.
//
// tiktoken-go splits with the Unicode tables of Go's standard library, so the
// two may differ on code points assigned since (Unicode 16 against 15).
func Tiktoken(t *Tokenizer) (Encoder, error) {
	ranks := make(map[string]int, t.engine.vocab.size())
	for id := range int32(t.engine.vocab.size()) {
		ranks[t.engine.vocab.token(id)] = int(id)
	}
	core, err := tiktoken.NewCoreBPE(ranks, map[string]int{}, t.engine.expression)
	if err != nil {
		return nil, fmt.Errorf("set up tiktoken-go: %w", err)
	}
	return oracle{tiktoken.NewTiktoken(core, &tiktoken.Encoding{Name: t.name}, nil), t.engine.mask}, nil
}

// oracle uses EncodeOrdinary alone: Encode hangs without special tokens and
// corrupts ids with them.
type oracle struct {
	core *tiktoken.Tiktoken
	mask uint8
}

func (o oracle) Append(dst []int32, text string) []int32 {
	for _, id := range o.core.EncodeOrdinary(unicode.Normalise(text, o.mask)) {
		dst = append(dst, int32(id))
	}
	return dst
}

func (o oracle) Count(text string) int {
	return len(o.core.EncodeOrdinary(unicode.Normalise(text, o.mask)))
}
