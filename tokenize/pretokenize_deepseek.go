package tokenize

import (
	"unicode/utf8"

	"trainyard/tokenize/unicode"
)

// A deepseekSplitter is the splitter of DeepSeek-V3. Runs of up to three
// numbers and runs of Chinese characters and kana are cut out first; to the
// rest of the expression they are ends of the text.
type deepseekSplitter struct{ classes *unicode.ClassTable }

func (s *deepseekSplitter) next(text string, i int) int {
	flags, width, cut := s.look(text, i)
	after := i + width
	switch {
	case cut && flags&unicode.Classes == unicode.Number:
		return (&splitter{s.classes, 3}).numbers(text, after)
	case cut:
		return s.while(text, after, func(c byte, r rune) bool { return isHanOrKana(r) })
	case isASCIIPunctuation(text[i]) && after < len(text) && isASCIILetter(text[after]):
		for after < len(text) && isASCIILetter(text[after]) {
			after++
		}
		return after
	case isWord(flags):
		return s.word(text, after)
	case flags&unicode.Symbol == 0 && !isLineEnd(text[i]):
		if next, w, cut := s.look(text, after); !cut && isWord(next) {
			return s.word(text, after+w)
		}
	}
	switch {
	case flags&unicode.Symbol != 0:
		return s.symbols(text, after)
	case text[i] == ' ':
		if next, w, cut := s.look(text, after); !cut && next&unicode.Symbol != 0 {
			return s.symbols(text, after+w)
		}
	}
	if flags&unicode.Classes == unicode.Space {
		return s.space(text, i)
	}
	return s.unmatched(text, after)
}

// look returns the class flags of the code point at i, its width, and whether
// it is one that is cut out first. At the end of text all is zero.
func (s *deepseekSplitter) look(text string, i int) (flags uint8, width int, cut bool) {
	if i >= len(text) {
		return 0, 0, false
	}
	r, width := utf8.DecodeRuneInString(text[i:])
	flags = s.classes[r]
	return flags, width, flags&unicode.Classes == unicode.Number || isHanOrKana(r)
}

func (s *deepseekSplitter) while(text string, i int, ok func(flags byte, r rune) bool) int {
	for i < len(text) {
		r, width := utf8.DecodeRuneInString(text[i:])
		if !ok(s.classes[r], r) {
			break
		}
		i += width
	}
	return i
}

func (s *deepseekSplitter) word(text string, i int) int {
	return s.while(text, i, func(flags byte, r rune) bool { return isWord(flags) && !isHanOrKana(r) })
}

func (s *deepseekSplitter) symbols(text string, i int) int {
	i = s.while(text, i, func(flags byte, r rune) bool { return flags&unicode.Symbol != 0 && !isHanOrKana(r) })
	for i < len(text) && isLineEnd(text[i]) {
		i++
	}
	return i
}

// space is the end of white space that belongs to nothing else.
func (s *deepseekSplitter) space(text string, i int) int {
	lines, last, end := 0, i, i
	for {
		flags, width, _ := s.look(text, end)
		if flags&unicode.Classes != unicode.Space {
			break
		}
		last, end = end, end+width
		if isLineEnd(text[last]) {
			lines = end
		}
	}
	_, _, cut := s.look(text, end)
	switch {
	case lines > 0:
		return lines
	case end == len(text) || cut || last == i:
		return end
	}
	return last
}

// unmatched runs to the next code point at which the expression matches: what
// it passes over is a piece too.
func (s *deepseekSplitter) unmatched(text string, i int) int {
	for i < len(text) {
		flags, width, cut := s.look(text, i)
		next, _, nextCut := s.look(text, i+width)
		if cut || isWord(flags) || flags&unicode.Symbol != 0 || flags&unicode.Classes == unicode.Space || !nextCut && isWord(next) {
			break
		}
		i += width
	}
	return i
}

func isWord(flags uint8) bool {
	return flags&unicode.Classes == unicode.Letter || flags&unicode.Mark != 0
}

// isHanOrKana is the class [一-龥぀-ゟ゠-ヿ].
func isHanOrKana(r rune) bool { return r >= 0x4E00 && r <= 0x9FA5 || r >= 0x3040 && r <= 0x30FF }

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isASCIIPunctuation(c byte) bool {
	return c > ' ' && c < 0x7F && !isASCIILetter(c) && (c < '0' || c > '9')
}
