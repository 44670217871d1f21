package redact

import (
	"bytes"
	"strings"
)

// A search collects what is secret in one text.
type search struct {
	text  []byte
	found []span
	open  bool  // it ends within a private key
	last  []int // by shape: up to where its pattern has run
}

// at looks at a place where some needles begin.
func (s *search) at(at int, needles []needle) {
	rest := s.text[at:]
	for _, n := range needles {
		switch {
		case len(rest) < len(n.text):
		case n.shape == ofValue:
			if string(rest[:len(n.text)]) == n.text && !(n.alone && s.partOf(at, at+len(n.text))) {
				s.found = append(s.found, span{at, at + len(n.text)})
			}
		case n.shape == ofKey:
			if string(rest[:len(n.text)]) == n.text {
				s.key(at)
			}
		case at < s.last[n.shape], rest[2]|0x20 != n.text[2]|0x20: // rulers begin many flags
		case strings.EqualFold(string(rest[:len(n.text)]), n.text):
			s.around(n.shape, at)
		}
	}
}

// partOf reports whether a span is part of a longer word or figure.
func (s *search) partOf(start, end int) bool {
	rest := s.text[end:]
	return start > 0 && inWord(s.text[start-1]) || len(rest) > 0 && inWord(rest[0]) ||
		start > 1 && s.text[start-1] == '.' && inWord(s.text[start-2]) || len(rest) > 1 && rest[0] == '.' && inWord(rest[1])
}

func inWord(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
}

// A window is a part of a line: near bytes behind a literal, and the word that goes on
// there, as far as longest. What begins in its last bytes, slack of them, may go on behind it.
const (
	near    = 512
	slack   = 64
	longest = 16 << 10
)

// around runs the pattern of a shape over the surroundings of a literal of it.
func (s *search) around(shape, at int) {
	from, to := max(0, at-shapes[shape].before), min(len(s.text), at+near)
	for to < len(s.text) && to-at < longest && s.text[to] > ' ' {
		to++
	}
	if i := bytes.IndexByte(s.text[at:to], '\n'); i >= 0 {
		to = at + i
	}
	s.last[shape] = to - slack
	if needs := shapes[shape].needs; needs != 0 && bytes.IndexByte(s.text[at:to], needs) < 0 {
		return
	}
	for _, m := range shapes[shape].pattern.FindAllSubmatchIndex(s.text[from:to], -1) {
		s.found = append(s.found, span{from + m[2], from + m[3]})
	}
}

// key takes a private key from its header on.
func (s *search) key(at int) {
	from := max(0, at-slack)
	all := keyHeader.FindAllIndex(s.text[from:min(len(s.text), at+len(keyMark)+len(" BLOCK-----"))], -1)
	if len(all) == 0 {
		return
	}
	m := all[len(all)-1]
	var end int
	end, s.open = keyBody(s.text, from+m[1], false)
	s.found = append(s.found, span{from + m[0], end})
}
