package face

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// A Table is rows of cells under a header, aligned by column. On a terminal it
// is as wide as that, by the rules of fit.go; in a pipe it has no end. The
// header is empty for tables that need none.
type Table struct {
	header []string
	right  map[int]bool
	wraps  map[int]bool
	ends   map[int]bool
	tints  map[int]func(cell string) Tint
	gives  []int // columns that are cut short, the least important first
	leaves []int // columns that are left out, the least important first
	rows   cells
	brief  *Table // says the same in less space
}

// NewTable begins a table without rows.
func NewTable(header ...string) *Table {
	return &Table{header: header, rows: cells{widest: make([]int, len(header))}, right: map[int]bool{}, wraps: map[int]bool{}, ends: map[int]bool{}, tints: map[int]func(string) Tint{}}
}

// Numbers aligns columns at the right.
func (t *Table) Numbers(columns ...int) *Table {
	for _, c := range columns {
		t.right[c] = true
	}
	return t
}

// Wraps lets the texts of a column go on below where they do not fit.
func (t *Table) Wraps(column int) *Table {
	t.wraps[column] = true
	return t
}

// Gives names the columns that are cut short where the table does not fit, the
// least important first. Columns that are not named are cut last.
func (t *Table) Gives(columns ...int) *Table {
	t.gives = columns
	return t
}

// Ends names columns of which the end says most, such as FILE:LINE: they are
// cut short at the beginning.
func (t *Table) Ends(columns ...int) *Table {
	for _, c := range columns {
		t.ends[c] = true
	}
	return t
}

// Leaves names the columns that are left out where cutting is not enough, the
// least important first.
func (t *Table) Leaves(columns ...int) *Table {
	t.leaves = columns
	return t
}

// Tints paints the cells of a column by what they say.
func (t *Table) Tints(column int, tint func(cell string) Tint) *Table {
	t.tints[column] = tint
	return t
}

// Else names a table that says the same in less space, to be written where
// this one does not fit.
func (t *Table) Else(brief *Table) *Table {
	t.brief = brief
	return t
}

// Row adds one row, a cell for each column; those at the end may be missing.
func (t *Table) Row(cells ...string) {
	row := make([]string, len(t.header))
	for i, cell := range cells {
		row[i] = OneLine(cell)
	}
	t.rows.add(row)
}

// Write prints the table: to a [Stream] as wide and as colourful as it is.
func (t *Table) Write(w io.Writer) error {
	s, ok := w.(*Stream)
	if !ok {
		s = &Stream{to: w}
	}
	if t.brief != nil && s.width > 0 && over(t.natural(), s.width) > 0 {
		return t.brief.Write(w)
	}
	widths := t.fit(s.width)
	many := len(t.rows.rows) > atOnce
	out := t.writer(widths, many)
	out.AppendRow(t.line(t.header, widths, false))
	for row := range t.rows.all() {
		if out.Length() >= atOnce {
			if err := render(s.to, out); err != nil {
				return err
			}
			out = t.writer(widths, many)
		}
		out.AppendRow(t.line(row, widths, s.paints))
	}
	return render(s.to, out)
}

// atOnce is how many rows the library gets at a time: of each cell it makes
// several copies.
const atOnce = 4096

// writer begins a part of the table. Where there are many, all have the same
// columns.
func (t *Table) writer(widths []int, many bool) table.Writer {
	out := table.NewWriter()
	out.SetStyle(table.Style{Box: table.BoxStyle{PaddingRight: "  "}})
	out.SuppressTrailingSpaces()
	out.SetColumnConfigs(t.columns(widths, many))
	return out
}

func render(to io.Writer, out table.Writer) error {
	_, err := io.WriteString(to, strings.TrimRight(out.Render(), "\n")+"\n")
	return err
}

// line is one row as the library takes it: without the columns that are left
// out, and with cells that do not wrap cut to their width.
func (t *Table) line(cells []string, widths []int, paint bool) (row table.Row) {
	for c, cell := range cells {
		if widths[c] == 0 {
			continue
		}
		tint := Plain
		if of := t.tints[c]; of != nil {
			tint = of(cell)
		}
		if !t.wraps[c] {
			cell = cut(cell, widths[c], t.ends[c])
		}
		row = append(row, string(tint.paint(cell, paint)))
	}
	return row
}

func (t *Table) columns(widths []int, fixed bool) (configs []table.ColumnConfig) {
	for c, width := range widths {
		if width == 0 {
			continue
		}
		config := table.ColumnConfig{Number: len(configs) + 1, WidthMax: width, WidthMaxEnforcer: text.WrapSoft}
		if t.right[c] {
			config.Align = text.AlignRight
		}
		if fixed {
			config.WidthMin = width
		}
		configs = append(configs, config)
	}
	return configs
}

// cut shortens text to width columns of the terminal, keeping its beginning or
// its end.
func cut(cell string, width int, end bool) string {
	switch {
	case text.StringWidthWithoutEscSequences(cell) <= width:
		return cell
	case !end:
		return text.Snip(cell, width, "…")
	}
	for text.StringWidthWithoutEscSequences(cell) > width-1 {
		_, size := utf8.DecodeRuneInString(cell)
		cell = cell[size:]
	}
	return "…" + cell
}
