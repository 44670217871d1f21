package tokenize

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

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

// firstText is the first of the Qwen added tokens that mark up text rather than
// control the model: tokenizer files flag them special: false, and decoders
// that skip special tokens keep them.
const firstText = "<tool_call>"

// An addedToken is one that is matched as a whole in raw text.
type addedToken struct {
	id      int32
	text    string
	control bool // "special": true in tokenizer files
	late    bool // "normalized": true in tokenizer files: matched in what the others leave
}

// numbered gives ids from first on.
func numbered(first int, texts []string) []addedToken {
	added := make([]addedToken, len(texts))
	control := true
	for i, text := range texts {
		control = control && text != firstText
		added[i] = addedToken{id: int32(first + i), text: text, control: control}
	}
	return added
}

// A matcher finds added tokens in text, the leftmost first and of those that
// start together the longest, as Hugging Face's tokenizers do.
type matcher struct {
	texts  []string // longest first
	ids    []int32
	first  [256]bool // bytes that start one
	alike  bool      // all start with the same byte
	second [256]bool // bytes that may follow: code is full of "<" that starts nothing
}

func newMatcher(added map[string]int32) *matcher {
	m := &matcher{texts: slices.Collect(maps.Keys(added)), alike: len(added) > 0}
	slices.SortFunc(m.texts, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	for _, s := range m.texts {
		m.ids = append(m.ids, added[s])
		m.first[s[0]] = true
		m.alike = m.alike && s[0] == m.texts[0][0]
		for b := range m.second {
			m.second[b] = m.second[b] || len(s) == 1 || s[1] == byte(b)
		}
	}
	return m
}

// start is where a token may start, -1 if nowhere.
func (m *matcher) start(text string) int {
	if m.alike {
		return strings.IndexByte(text, m.texts[0][0])
	}
	for i := range len(text) {
		if m.first[text[i]] {
			return i
		}
	}
	return -1
}

// Find returns the bounds and the id of the first added token in text; start
// is len(text) if there is none.
func (m *matcher) Find(text string) (start, end int, id int32) {
	for at := 0; ; at++ {
		next := m.start(text[at:])
		if next < 0 {
			return len(text), len(text), 0
		}
		at += next
		if at+1 < len(text) && !m.second[text[at+1]] {
			continue
		}
		for i, s := range m.texts {
			if strings.HasPrefix(text[at:], s) {
				return at, at + len(s), m.ids[i]
			}
		}
	}
}

// AppendAdded is Append with added tokens matched in text: what a trainer's
// tokenizer makes of a rendered conversation, or of content that no template
// checked for special strings.
func (t *Tokenizer) AppendAdded(dst []int32, text string) []int32 {
	return t.appendMatched(dst, text, t.passes)
}

func (t *Tokenizer) appendMatched(dst []int32, text string, passes []*matcher) []int32 {
	if len(passes) == 0 {
		return t.Append(dst, text)
	}
	for len(text) > 0 {
		start, end, id := passes[0].Find(text)
		dst = t.appendMatched(dst, text[:start], passes[1:])
		if end > start {
			dst = append(dst, id)
		}
		text = text[end:]
	}
	return dst
}
