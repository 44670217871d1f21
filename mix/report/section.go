package report

import (
	"slices"
	"strconv"
	"strings"
)

// A Section is what a page has under one heading.
type Section struct {
	ID       string // of the element, unique on the page
	Title    string
	Lead     []string // paragraphs
	Tables   []Table
	Charts   []Chart
	Examples []Example
}

// A Table has a name before each row, and cells.
type Table struct {
	Caption string
	Header  []string // the first is over the names
	Rows    []Row
	Note    string // below it
}

// Numeric says that column i, from 1, holds numbers.
func (t *Table) Numeric(i int) bool {
	return slices.ContainsFunc(t.Rows, func(r Row) bool { return i <= len(r.Cells) && i > 0 && r.Cells[i-1].Value != "" })
}

// Wide says that the table has more columns than fit a phone.
func (t *Table) Wide() bool { return len(t.Header) > 4 }

// A Row is one line of a table.
type Row struct {
	Name  string
	Kind  string // "" | whole | paper: what the line is about
	Cells []Cell
}

// A Cell is a number or a text.
type Cell struct {
	Text string
	// Value is the number that Text writes for people, as a program reads it; ""
	// for text.
	Value string
	Note  string // smaller, below
	Mark  Result // of a verdict
}

// Long says that a text is better broken than kept on one line.
func (c Cell) Long() bool { return c.Value == "" && len(c.Text) > 28 }

func textCell(s string) Cell { return Cell{Text: clean(s)} }

func countCell(n int64) Cell { return Cell{Text: number(n), Value: strconv.FormatInt(n, 10)} }

// decimalCell writes a number with so many decimals.
func decimalCell(f float64, decimals int) Cell {
	value := strconv.FormatFloat(f, 'f', decimals, 64)
	whole, rest, _ := strings.Cut(value, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return Cell{Text: value, Value: value}
	}
	text := number(n)
	if strings.HasPrefix(value, "-0") {
		text = "-0"
	}
	if rest != "" {
		text += "." + rest
	}
	return Cell{Text: text, Value: value}
}

// shareCell writes part of whole in percent.
func shareCell(part, whole int64) Cell {
	if whole == 0 {
		return textCell("–")
	}
	return percentCell(100 * float64(part) / float64(whole))
}

func percentCell(f float64) Cell {
	c := decimalCell(f, 1)
	c.Text += " %"
	return c
}

// perCell is a mean; nothing of nothing is a dash.
func perCell(sum float64, of int64, decimals int) Cell {
	if of == 0 {
		return textCell("–")
	}
	return decimalCell(sum/float64(of), decimals)
}

// meanCell is the mean of what was measured.
func (m *Measure) meanCell() Cell { return perCell(float64(m.Sum), m.Rows, 1) }

var unknownCell = Cell{Text: "unknown"}

var notCountedCell = Cell{Text: notCounted}

// partRow begins the line of a part.
func partRow(p *Part, whole *Part, cells ...Cell) Row {
	row := Row{Name: p.Name, Cells: cells}
	if p == whole {
		row.Kind = "whole"
	}
	return row
}
