package face

import (
	"slices"

	"github.com/jedib0t/go-pretty/v6/text"
)

const (
	gap       = 2  // columns of the terminal between two of the table
	least     = 8  // what a cut column keeps
	leastEnd  = 18 // what one keeps whose end says most, while whole columns can leave: -4595-4b8389bba6c0
	easyText  = 40 // what a column of wrapped text keeps while others can give
	leastText = 24 // what it keeps at all
)

// fit gives each column its width in a line of the given one; 0 leaves the
// column out. First the wrapped texts are narrowed as far as they are read
// with ease, then the columns that give are cut in their order, then whole
// columns leave, and at last every column of text is cut that can be.
func (t *Table) fit(line int) []int {
	widths := t.natural()
	if line == 0 {
		return widths
	}
	t.narrowTexts(widths, easyText, line)
	for _, c := range t.gives {
		narrow(widths, c, t.floor(c), line)
	}
	for _, c := range t.leaves {
		if over(widths, line) > 0 {
			widths[c] = 0
		}
	}
	t.widen(widths, line)
	t.narrowTexts(widths, leastText, line)
	for c := range widths {
		if !t.right[c] {
			narrow(widths, c, least, line)
		}
	}
	return widths
}

func (t *Table) narrowTexts(widths []int, low, line int) {
	for c := range widths {
		if t.wraps[c] {
			narrow(widths, c, low, line)
		}
	}
}

// floor is the least that a column which gives is cut to.
func (t *Table) floor(c int) int {
	low := least
	if t.ends[c] {
		low = leastEnd
	}
	return max(low, text.StringWidthWithoutEscSequences(t.header[c]))
}

// widen gives back, once columns have left, what was cut and now fits.
func (t *Table) widen(widths []int, line int) {
	natural := t.natural()
	for _, c := range slices.Backward(t.gives) {
		if free := -over(widths, line); widths[c] > 0 && free > 0 {
			widths[c] = min(natural[c], widths[c]+free)
		}
	}
}

func (t *Table) natural() []int {
	widths := slices.Clone(t.rows.widest)
	for c, name := range t.header {
		widths[c] = max(widths[c], 1, text.StringWidthWithoutEscSequences(name))
	}
	return widths
}

// narrow takes from column c what the line is over, but for low.
func narrow(widths []int, c, low, line int) {
	if much := over(widths, line); much > 0 && widths[c] > low {
		widths[c] = max(low, widths[c]-much)
	}
}

// over is how far the columns that are left reach past the line.
func over(widths []int, line int) int {
	sum := -gap
	for _, w := range widths {
		if w > 0 {
			sum += w + gap
		}
	}
	return sum - line
}
