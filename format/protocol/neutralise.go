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
	var seconds byteSet // made once a first is met
	for k, s := range specials {
		if s == "" || startsBefore(specials[:k], s[0]) {
			continue
		}
		for at := 0; ; at++ {
			i := strings.IndexByte(text[at:], s[0])
			if i < 0 {
				break
			}
			if seconds == (byteSet{}) {
				seconds = secondBytes(specials)
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

// startsBefore says that an earlier special starts with the byte too.
func startsBefore(earlier []string, c byte) bool {
	for _, s := range earlier {
		if s != "" && s[0] == c {
			return true
		}
	}
	return false
}

// secondBytes are all that may follow the first byte of a special.
func secondBytes(specials []string) (seconds byteSet) {
	for _, s := range specials {
		switch {
		case len(s) == 1:
			return byteSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
		case s != "":
			seconds[s[1]>>6] |= 1 << (s[1] & 63)
		}
	}
	return seconds
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
