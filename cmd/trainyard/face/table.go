package face

import (
	"io"
	"strings"
	"unicode/utf8"
)

// A Table is rows of cells under a header, aligned by column. Columns named
// in right hold numbers. The header is empty for tables that need none.
type Table struct {
	header []string
	right  map[int]bool
	rows   [][]string
}

func NewTable(header ...string) *Table { return &Table{header: header, right: map[int]bool{}} }

func (t *Table) Numbers(columns ...int) *Table {
	for _, c := range columns {
		t.right[c] = true
	}
	return t
}

func (t *Table) Row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *Table) Write(w io.Writer) error {
	widths := t.widths()
	var b strings.Builder
	for _, row := range append([][]string{t.header}, t.rows...) {
		b.WriteString(strings.TrimRight(t.line(row, widths), " "))
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *Table) widths() []int {
	widths := make([]int, len(t.header))
	for _, row := range append([][]string{t.header}, t.rows...) {
		for c, cell := range row {
			widths[c] = max(widths[c], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

func (t *Table) line(row []string, widths []int) string {
	var b strings.Builder
	for c, cell := range row {
		pad := strings.Repeat(" ", widths[c]-utf8.RuneCountInString(cell))
		if t.right[c] {
			b.WriteString(pad + cell)
		} else {
			b.WriteString(cell + pad)
		}
		b.WriteString("  ")
	}
	return b.String()
}
