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
}

// numbered gives ids from first on.
func numbered(first int, texts []string) []addedToken {
	added := make([]addedToken, len(texts))
	control := true
	for i, text := range texts {
		control = control && text != firstText
		added[i] = addedToken{int32(first + i), text, control}
	}
	return added
}

// A matcher finds added tokens in text, the leftmost first and of those that
// start together the longest, as Hugging Face's tokenizers do.
type matcher struct {
	texts  []string // longest first
	ids    []int32
	starts string    // the first bytes of all, each once
	second [256]bool // bytes that may follow: code is full of "<" that starts nothing
}

func newMatcher(added map[string]int32) *matcher {
	m := &matcher{texts: slices.Collect(maps.Keys(added))}
	slices.SortFunc(m.texts, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	for _, s := range m.texts {
		m.ids = append(m.ids, added[s])
		if strings.IndexByte(m.starts, s[0]) < 0 {
			m.starts += s[:1]
		}
		for b := range m.second {
			m.second[b] = m.second[b] || len(s) == 1 || s[1] == byte(b)
		}
	}
	return m
}

// find returns the bounds and the id of the first added token in text; start
// is len(text) if there is none.
func (m *matcher) find(text string) (start, end int, id int32) {
	for at := 0; ; at++ {
		next := strings.IndexAny(text[at:], m.starts)
		if len(m.starts) == 1 {
			next = strings.IndexByte(text[at:], m.starts[0])
		}
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
// tokenizer makes of a rendered conversation, or of content that nobody
// checked for special strings.
func (t *Tokenizer) AppendAdded(dst []int32, text string) []int32 {
	for len(text) > 0 {
		start, end, id := t.match.find(text)
		dst = t.Append(dst, text[:start])
		if end > start {
			dst = append(dst, id)
		}
		text = text[end:]
	}
	return dst
}
