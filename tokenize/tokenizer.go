package tokenize

import (
	"cmp"
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
// use, and should be shared: what one goroutine teaches it all others know.
type Tokenizer struct {
	name   string
	engine *engine
	added  []addedToken // by id
	ids    map[string]int32
	Match  *matcher   // of all added tokens
	passes []*matcher // of those matched first and of the late ones, if any
}

// Qwen25 is the tokenizer of Qwen2.5 and Qwen2.5-Coder, base and instruct.
var Qwen25 = sync.OnceValue(func() *Tokenizer {
	e, err := newEngine(loadBlob(qwen25Blob), qwenExpression, true)
	if err != nil {
		panic("tokenize: " + err.Error())
	}
	return newTokenizer("qwen2.5", e, numbered(e.vocab.size(), qwen25Added))
})

// Qwen3 is the tokenizer of Qwen3: the vocabulary of Qwen2.5 and four more
// added tokens, ids 151665 to 151668.
var Qwen3 = sync.OnceValue(func() *Tokenizer {
	e := Qwen25().engine
	return newTokenizer("qwen3", e, numbered(e.vocab.size(), slices.Concat(qwen25Added, qwen3Added)))
})

func newTokenizer(name string, e *engine, added []addedToken) *Tokenizer {
	t := &Tokenizer{name: name, engine: e, added: added, ids: make(map[string]int32, len(added))}
	slices.SortFunc(t.added, func(a, b addedToken) int { return cmp.Compare(a.id, b.id) })
	first, late := map[string]int32{}, map[string]int32{}
	for _, a := range t.added {
		t.ids[a.text] = a.id
		if a.late {
			late[a.text] = a.id
		} else {
			first[a.text] = a.id
		}
	}
	t.Match = newMatcher(t.ids)
	for _, pass := range []map[string]int32{first, late} {
		if len(pass) > 0 {
			t.passes = append(t.passes, newMatcher(pass))
		}
	}
	return t
}

// Name is that of the family, "qwen2.5" or "qwen3", or of the file that the
// tokenizer was loaded from.
func (t *Tokenizer) Name() string { return t.name }

// VocabSize is one more than the highest id. Models pad their embedding beyond
// it.
func (t *Tokenizer) VocabSize() int {
	size := t.engine.vocab.size()
	if n := len(t.added); n > 0 {
		size = max(size, int(t.added[n-1].id)+1)
	}
	return size
}

// Special returns the id of an added token.
func (t *Tokenizer) Special(name string) (int32, bool) {
	id, ok := t.ids[name]
	return id, ok
}

// Specials lists every added token, by id.
func (t *Tokenizer) Specials() []string {
	texts := make([]string, len(t.added))
	for i, a := range t.added {
		texts[i] = a.text
	}
	return texts
}

// Append adds the ids of text to dst. Text is normalised first: what is not
// UTF-8 becomes U+FFFD, then NFC.
func (t *Tokenizer) Append(dst []int32, text string) []int32 {
	return t.engine.Append(dst, text)
}

// Count is the number of ids that Append would add.
func (t *Tokenizer) Count(text string) int { return t.engine.Count(text) }

// Decode returns the bytes that ids stand for; added tokens give their text.
// They need not be whole UTF-8 sequences. An id of nothing gives nothing.
func (t *Tokenizer) Decode(ids []int32) []byte {
	var text []byte
	for _, id := range ids {
		if i, ok := slices.BinarySearchFunc(t.added, id, func(a addedToken, id int32) int { return cmp.Compare(a.id, id) }); ok {
			text = append(text, t.added[i].text...)
		} else if id >= 0 && int(id) < t.engine.vocab.size() {
			text = append(text, t.engine.vocab.token(id)...)
		}
	}
	return text
}
