package face

import (
	"iter"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// cells are the rows of a table, side by side in memory: a list of a million
// records takes what their cells say and 16 bytes each.
type cells struct {
	rows   []string // the cells of one, each with an end
	widest []int
	open   *strings.Builder
}

// cellEnd stands in no cell: [OneLine] spells it.
const cellEnd = "\x00"

const cellBytes = 64 << 10

func (c *cells) add(row []string) {
	n := 0
	for i, cell := range row {
		n += len(cell) + len(cellEnd)
		c.widest[i] = max(c.widest[i], text.StringWidthWithoutEscSequences(cell))
	}
	if c.open == nil || c.open.Cap()-c.open.Len() < n {
		c.open = &strings.Builder{}
		c.open.Grow(max(min(cellBytes, len(c.rows)*n), n))
	}
	from := c.open.Len()
	for _, cell := range row {
		c.open.WriteString(cell)
		c.open.WriteString(cellEnd)
	}
	c.rows = append(c.rows, c.open.String()[from:])
}

// all yields the rows. The slice is the same each time.
func (c *cells) all() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		row := make([]string, len(c.widest))
		for _, rest := range c.rows {
			for i := range row {
				row[i], rest, _ = strings.Cut(rest, cellEnd)
			}
			if !yield(row) {
				return
			}
		}
	}
}
