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
	var first, second [256]bool
	anything := false // a special of one byte has no second
	for _, s := range specials {
		switch {
		case len(s) == 1:
			first[s[0]], anything = true, true
		case s != "":
			first[s[0]], second[s[1]] = true, true
		}
	}
	for c, starting := range first {
		if !starting {
			continue
		}
		for at := 0; ; at++ {
			i := strings.IndexByte(text[at:], byte(c))
			if i < 0 {
				break
			}
			if at += i; at+1 < len(text) && !second[text[at+1]] && !anything {
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

// WithoutCallTags leaves the call tags of Qwen and Hermes out of specials,
// for text in which they are what they look like.
func WithoutCallTags(specials []string) []string {
	return slices.DeleteFunc(slices.Clone(specials), func(s string) bool {
		return s == "<tool_call>" || s == "</tool_call>"
	})
}
