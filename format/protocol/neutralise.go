package protocol

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Neutralise breaks every special-token string in text by a space after its
// first character, <|im_end|> becoming < |im_end|>, and counts them. A
// tokenizer then reads it as ordinary text, and so does a person. Strings
// that overlap are all broken. None of specials may itself hold a space
// after its first character.
func Neutralise(text string, specials []string) (string, int) {
	starts := SpecialStarts(text, specials)
	if len(starts) == 0 {
		return text, 0
	}
	var b strings.Builder
	b.Grow(len(text) + len(starts))
	from := 0
	for _, at := range starts {
		_, size := utf8.DecodeRuneInString(text[at:])
		b.WriteString(text[from : at+size])
		b.WriteByte(' ')
		from = at + size
	}
	b.WriteString(text[from:])
	return b.String(), len(starts)
}

// SpecialStarts finds where a special begins, in order. Most texts hold none of
// the bytes that specials start with, and most of those that do go on otherwise
// ("<" in code), so those are looked at first.
func SpecialStarts(text string, specials []string) (starts []int) {
	firsts, seconds := openings(specials)
	for _, first := range firsts {
		for at := 0; ; at++ {
			i := strings.IndexByte(text[at:], first)
			if i < 0 {
				break
			}
			if at += i; at+1 < len(text) && !seconds.has(text[at+1]) {
				continue
			}
			if slices.ContainsFunc(specials, func(s string) bool { return s != "" && strings.HasPrefix(text[at:], s) }) {
				starts = append(starts, at)
			}
		}
	}
	slices.Sort(starts)
	return starts
}

// openings are the first bytes of specials, and all that may follow them. Both
// are small: this is done for every message.
func openings(specials []string) (firsts []byte, seconds byteSet) {
	firsts = make([]byte, 0, 8)
	for _, s := range specials {
		if s == "" {
			continue
		}
		if !slices.Contains(firsts, s[0]) {
			firsts = append(firsts, s[0])
		}
		if len(s) == 1 {
			seconds = byteSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
		} else {
			seconds[s[1]>>6] |= 1 << (s[1] & 63)
		}
	}
	return firsts, seconds
}

// A byteSet has a bit for each byte that is in it.
type byteSet [4]uint64

func (s *byteSet) has(c byte) bool { return s[c>>6]>>(c&63)&1 == 1 }

// WithoutCallTags leaves the call tags of Qwen and Hermes out of specials,
// for text in which they are what they look like.
func WithoutCallTags(specials []string) []string {
	return slices.DeleteFunc(slices.Clone(specials), func(s string) bool {
		return s == "<tool_call>" || s == "</tool_call>"
	})
}
