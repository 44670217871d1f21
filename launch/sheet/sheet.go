package sheet

import (
	"encoding/csv"
	"io"
	"regexp"
	"strings"
)

// A Writer writes one table.
type Writer struct{ to *csv.Writer }

// NewWriter begins a table. Lines are held back until Flush.
func NewWriter(to io.Writer) Writer { return Writer{csv.NewWriter(to)} }

// Write adds a line.
func (w Writer) Write(line []string) error {
	cells := make([]string, len(line))
	for i, text := range line {
		cells[i] = Cell(text)
	}
	return w.to.Write(cells)
}

// Flush hands on all that was written, and tells the first error of any line.
func (w Writer) Flush() error {
	w.to.Flush()
	return w.to.Error()
}

// WriteAll writes a whole table.
func WriteAll(to io.Writer, lines [][]string) error {
	w := NewWriter(to)
	for _, line := range lines {
		if err := w.Write(line); err != nil {
			return err
		}
	}
	return w.Flush()
}

// number is what a spreadsheet takes for a number, and what programs write for those that
// have no digits.
var number = regexp.MustCompile(`^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|(?i:inf|infinity|nan))$`)

// Cell is a text as it stands in a cell: one that a spreadsheet would obey stands behind an
// apostrophe. The wide forms of the four signs are obeyed too, where they are typed.
func Cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) && !number.MatchString(text) {
		return "'" + text
	}
	return text
}
