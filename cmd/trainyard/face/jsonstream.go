package face

import (
	"bufio"
	"encoding/json"
	"strings"
)

// A JSONStream prints one JSON document part by part, as [Terminal.PrintJSON]
// prints it whole: what has a million parts is never held at once.
type JSONStream struct {
	out  *bufio.Writer
	open []byte // the closing marks of what is open, outermost first
	more bool   // what is open holds something already
	err  error
}

// StreamJSON begins a document.
func (t *Terminal) StreamJSON() *JSONStream {
	return &JSONStream{out: bufio.NewWriterSize(raw(t.Out), 1<<16)}
}

// Object opens an object, and List a list, at the place of a value.
func (s *JSONStream) Object() { s.begin('{', '}') }

// List opens a list.
func (s *JSONStream) List() { s.begin('[', ']') }

func (s *JSONStream) begin(mark, end byte) {
	s.place()
	s.out.WriteByte(mark)
	s.open, s.more = append(s.open, end), false
}

// Member writes the name of what is written next into an object.
func (s *JSONStream) Member(name string) {
	s.part()
	s.write(name)
	s.out.WriteString(": ")
}

// Value writes a member's value or the next part of a list.
func (s *JSONStream) Value(v any) {
	s.place()
	s.write(v)
	s.more = true
}

// End closes what was opened last.
func (s *JSONStream) End() {
	last := len(s.open) - 1
	end := s.open[last]
	if s.open = s.open[:last]; s.more {
		s.line()
	}
	s.out.WriteByte(end)
	s.more = true
}

// Close ends the document and says what went wrong with any part of it.
func (s *JSONStream) Close() error {
	for len(s.open) > 0 {
		s.End()
	}
	s.out.WriteByte('\n')
	if err := s.out.Flush(); s.err == nil {
		s.err = err
	}
	return s.err
}

// place begins a line for what stands in a list; a member's value stands
// behind its name.
func (s *JSONStream) place() {
	if last := len(s.open) - 1; last >= 0 && s.open[last] == ']' {
		s.part()
	}
}

func (s *JSONStream) part() {
	if s.more {
		s.out.WriteByte(',')
	}
	s.line()
}

func (s *JSONStream) line() { s.out.WriteString("\n" + s.indent()) }

func (s *JSONStream) indent() string { return strings.Repeat("  ", len(s.open)) }

func (s *JSONStream) write(v any) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetIndent(s.indent(), "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil && s.err == nil {
		s.err = err
	}
	s.out.WriteString(Clean(strings.TrimSuffix(b.String(), "\n")))
}
