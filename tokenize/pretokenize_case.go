package tokenize

import (
	"unicode/utf8"

	"trainyard/tokenize/unicode"
)

// A caseSplitter is the splitter of o200k, OpenAI's encoding since GPT-4o and
// gpt-oss's: words end where lower case turns to upper, marks count as
// letters, a contraction stays with its word, and a slash with punctuation.
type caseSplitter struct{ splitter }

func (s *caseSplitter) next(text string, i int) int {
	flags, width := s.flags(text, i)
	if class := flags & unicode.Classes; class == unicode.Number {
		return s.numbers(text, i+width)
	} else if class != unicode.Letter && !isLineEnd(text[i]) {
		if end := s.lowerWord(text, i+width); end > 0 {
			return end
		}
	}
	if end := s.lowerWord(text, i); end > 0 {
		return end
	}
	if flags&unicode.Classes != unicode.Letter && !isLineEnd(text[i]) {
		if end := s.upperWord(text, i+width); end > 0 {
			return end
		}
	}
	if end := s.upperWord(text, i); end > 0 {
		return end
	}
	if flags&unicode.Classes == unicode.Other {
		return s.marks(text, i+width)
	}
	if next, w := s.class(text, i+width); text[i] == ' ' && next == unicode.Other {
		return s.marks(text, i+width+w)
	}
	return s.whites(text, i)
}

func (s *caseSplitter) flags(text string, i int) (uint8, int) {
	if i >= len(text) {
		return 0, 0
	}
	r, width := utf8.DecodeRuneInString(text[i:])
	return s.classes[r], width
}

// Letters that are neither upper nor lower case, and marks, count as both.
func isUpper(flags uint8) bool {
	return flags&(unicode.Upper|unicode.Mark) != 0 || flags&unicode.Classes == unicode.Letter && flags&unicode.Lower == 0
}

func isLower(flags uint8) bool {
	return flags&(unicode.Lower|unicode.Mark) != 0 || flags&unicode.Classes == unicode.Letter && flags&unicode.Upper == 0
}

// lowerWord matches upper case letters and then at least one of lower case;
// the upper ones give back what they must. It returns 0 if there is no match.
func (s *caseSplitter) lowerWord(text string, i int) int {
	given := 0 // end of the last one that could be taken for lower case
	for {
		flags, width := s.flags(text, i)
		if !isUpper(flags) {
			break
		}
		i += width
		if isLower(flags) {
			given = i
		}
	}
	end := s.lowers(text, i)
	if end == i {
		if end = given; end == 0 {
			return 0
		}
	}
	return s.withContraction(text, end)
}

func (s *caseSplitter) upperWord(text string, i int) int {
	start := i
	for {
		flags, width := s.flags(text, i)
		if !isUpper(flags) {
			break
		}
		i += width
	}
	if i == start {
		return 0
	}
	return s.withContraction(text, s.lowers(text, i))
}

func (s *caseSplitter) lowers(text string, i int) int {
	for {
		flags, width := s.flags(text, i)
		if !isLower(flags) {
			return i
		}
		i += width
	}
}

func (s *caseSplitter) withContraction(text string, end int) int {
	if end < len(text) && text[end] == '\'' {
		if n := contraction(text[end+1:]); n > 0 {
			return end + 1 + n
		}
	}
	return end
}

func (s *caseSplitter) marks(text string, i int) int {
	i = s.run(text, i, unicode.Other)
	for i < len(text) && (isLineEnd(text[i]) || text[i] == '/') {
		i++
	}
	return i
}
