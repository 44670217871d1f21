package tokenize

import (
	"unicode/utf8"

	"trainyard/tokenize/unicode"
)

// A splitter cuts text into pieces, the units that merges never cross. It is
// the hand-written form of the expression that Qwen, Llama 3 and OpenAI's
// cl100k share but for one number:
//
//	(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,DIGITS}|
//	 ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
type splitter struct {
	classes *unicode.ClassTable
	digits  int // longest run of numbers in one piece
}

// next returns the end of the piece that starts at i < len(text).
func (s *splitter) next(text string, i int) int {
	class, width := s.class(text, i)
	after := i + width
	switch class {
	case unicode.Letter:
		return s.run(text, after, unicode.Letter)
	case unicode.Number:
		return s.numbers(text, after)
	case unicode.Space:
		return s.space(text, i, after)
	}
	if text[i] == '\'' {
		if n := contraction(text[after:]); n > 0 {
			return after + n
		}
	}
	if class, width := s.class(text, after); class == unicode.Letter {
		return s.run(text, after+width, unicode.Letter)
	}
	return s.punctuation(text, after)
}

// class returns the class and the width of the code point at i, zero at the
// end of text.
func (s *splitter) class(text string, i int) (uint8, int) {
	if i >= len(text) {
		return 0, 0
	}
	if c := text[i]; c < utf8.RuneSelf {
		return s.classes[c] & unicode.Classes, 1
	}
	r, width := utf8.DecodeRuneInString(text[i:])
	return s.classes[r] & unicode.Classes, width
}

func (s *splitter) run(text string, i int, class uint8) int {
	for {
		c, width := s.class(text, i)
		if c != class {
			return i
		}
		i += width
	}
}

func (s *splitter) numbers(text string, i int) int {
	for n := 1; n < s.digits; n++ {
		c, width := s.class(text, i)
		if c != unicode.Number {
			break
		}
		i += width
	}
	return i
}

// punctuation ends a run of neither letters, numbers nor white space, with the
// line ends right behind it.
func (s *splitter) punctuation(text string, i int) int {
	i = s.run(text, i, unicode.Other)
	for i < len(text) && isLineEnd(text[i]) {
		i++
	}
	return i
}

// space handles pieces that start with white space: a single one in front of
// letters or, if U+0020, of punctuation belongs to them. Of a longer run the
// last stays for what follows, unless a line end is in the run.
func (s *splitter) space(text string, i, after int) int {
	if !isLineEnd(text[i]) {
		switch class, width := s.class(text, after); {
		case class == unicode.Letter:
			return s.run(text, after+width, unicode.Letter)
		case class == unicode.Other && text[i] == ' ':
			return s.punctuation(text, after+width)
		}
	}
	return s.whites(text, i)
}

// whites is the end of white space that belongs to nothing else.
func (s *splitter) whites(text string, i int) int {
	lines, last, end := 0, i, i
	for {
		class, width := s.class(text, end)
		if class != unicode.Space {
			break
		}
		last, end = end, end+width
		if isLineEnd(text[last]) {
			lines = end
		}
	}
	switch {
	case lines > 0:
		return lines
	case end == len(text) || last == i:
		return end
	}
	return last
}

func isLineEnd(c byte) bool { return c == '\n' || c == '\r' }

// contraction is the length of what after an apostrophe makes an English
// contraction, in any case; U+017F counts as an s.
func contraction(rest string) int {
	if len(rest) == 0 {
		return 0
	}
	switch rest[0] | 0x20 {
	case 's', 't', 'm', 'd':
		return 1
	case 'r', 'v':
		if len(rest) > 1 && rest[1]|0x20 == 'e' {
			return 2
		}
	case 'l':
		if len(rest) > 1 && rest[1]|0x20 == 'l' {
			return 2
		}
	}
	if len(rest) > 1 && rest[:2] == "ſ" {
		return 2
	}
	return 0
}
