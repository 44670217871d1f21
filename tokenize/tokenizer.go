package tokenize

import (
	"slices"
	"sync"
)

// An Encoder turns text into token ids. A string that spells a special token
// is text to it like any other, so content can never forge a turn.
type Encoder interface {
	// Append adds the ids of text to dst and returns it.
	Append(dst []int32, text string) []int32
	// Count is the number of ids that Append would add.
	Count(text string) int
}

// A Tokenizer is a vocabulary with its added tokens. It is safe for concurrent
// use; all copies of a built-in one are the same.
type Tokenizer struct {
	name   string
	engine *engine
	added  []string // ids follow the vocabulary's
	ids    map[string]int32
	match  *matcher
}

// Qwen25 is the tokenizer of Qwen2.5 and Qwen2.5-Coder, base and instruct.
var Qwen25 = sync.OnceValue(func() *Tokenizer {
	return newTokenizer("qwen2.5", newEngine(loadBlob(qwen25Blob), 1), qwen25Added)
})

// Qwen3 is the tokenizer of Qwen3: the vocabulary of Qwen2.5 and four more
// added tokens, ids 151665 to 151668.
var Qwen3 = sync.OnceValue(func() *Tokenizer {
	return newTokenizer("qwen3", Qwen25().engine, slices.Concat(qwen25Added, qwen3Added))
})

func newTokenizer(name string, e *engine, added []string) *Tokenizer {
	t := &Tokenizer{name: name, engine: e, added: added, ids: make(map[string]int32, len(added))}
	for i, s := range added {
		t.ids[s] = int32(e.vocab.size() + i)
	}
	t.match = newMatcher(t.ids)
	return t
}

// Name is the family's name: "qwen2.5", "qwen3".
func (t *Tokenizer) Name() string { return t.name }

// VocabSize counts the ids in use: ordinary tokens and added ones. Models pad
// their embedding beyond it.
func (t *Tokenizer) VocabSize() int { return t.engine.vocab.size() + len(t.added) }

// Special returns the id of an added token.
func (t *Tokenizer) Special(name string) (int32, bool) {
	id, ok := t.ids[name]
	return id, ok
}

// Specials lists every added token, by id.
func (t *Tokenizer) Specials() []string { return slices.Clone(t.added) }

// Append adds the ids of text to dst. Text is normalised first: what is not
// UTF-8 becomes U+FFFD, then NFC.
func (t *Tokenizer) Append(dst []int32, text string) []int32 {
	return t.engine.Append(dst, text)
}

// Count is the number of ids that Append would add.
func (t *Tokenizer) Count(text string) int { return t.engine.Count(text) }

// Decode returns the bytes that ids stand for; added tokens give their text.
// They need not be whole UTF-8 sequences. An id out of range gives nothing.
func (t *Tokenizer) Decode(ids []int32) []byte {
	var text []byte
	for _, id := range ids {
		switch n := int32(t.engine.vocab.size()); {
		case id < 0 || id >= n+int32(len(t.added)):
		case id < n:
			text = append(text, t.engine.vocab.token(id)...)
		default:
			text = append(text, t.added[id-n]...)
		}
	}
	return text
}
