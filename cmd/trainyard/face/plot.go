package face

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/guptarohit/asciigraph"
)

// A Line is one curve of a plot: a value at each place, NaN where there is none.
type Line struct {
	Name   string
	Values []float64
}

// A Plot is curves over the same places, from From to To.
type Plot struct {
	Lines    []Line
	From, To float64
	Height   int // in lines; 0 is 12
}

// plotColors tell lines apart where the answer is painted, and plotMarks on paper.
var (
	plotColors = []asciigraph.AnsiColor{asciigraph.Blue, asciigraph.Red, asciigraph.Green, asciigraph.Yellow, asciigraph.Magenta, asciigraph.Cyan}
	plotMarks  = []string{"", "*", "o", "+"}
)

// mostPainted and mostMarked are how many curves can be told apart, with colours and
// without.
const (
	mostPainted = 6
	mostMarked  = 4
)

// Write draws the curves, as wide as the terminal lets it, with a line of names below.
// Without colours each curve has a mark of its own. Lines without a value are left out,
// and lines of the same values are one. Of more than can be told apart the first are
// drawn, and the names of the others stand below.
func (p *Plot) Write(t *Terminal) error {
	d, most := drawing{paints: t.Paints()}, mostMarked
	if d.paints {
		most = mostPainted
	}
	lines := distinct(p.Lines)
	for i, l := range lines[:min(most, len(lines))] {
		d.add(l, i)
	}
	if len(d.series) == 0 {
		return nil
	}
	width := 72
	if s, ok := t.Out.(*Stream); ok && s.width > 0 {
		width = min(max(20, s.width-14), 120)
	}
	options := append(d.options(),
		asciigraph.Height(max(4, cmp.Or(p.Height, 12))), asciigraph.Width(width), asciigraph.XAxisRange(p.From, p.To), asciigraph.XAxisTickCount(5),
		asciigraph.XAxisValueFormatter(short), asciigraph.YAxisValueFormatter(short))
	t.Print("%s\n%s\n", Painted(asciigraph.PlotMany(d.series, options...)), Painted("      "+strings.Join(d.legend, d.between(width))))
	if len(lines) > most {
		var hidden []string
		for _, l := range lines[most:] {
			hidden = append(hidden, OneLine(l.Name))
		}
		t.Print("      not drawn, since more than %d cannot be told apart: %s\n", most, strings.Join(hidden, "; "))
	}
	return nil
}

// distinct are the lines with a value, of those that are the same one with all names.
func distinct(lines []Line) (all []Line) {
	at := map[string]int{}
	for _, l := range lines {
		if !slices.ContainsFunc(l.Values, func(v float64) bool { return !math.IsNaN(v) }) {
			continue
		}
		values := fmt.Sprint(l.Values)
		if i, met := at[values]; met {
			all[i].Name += "; " + l.Name
			continue
		}
		at[values] = len(all)
		all = append(all, l)
	}
	return all
}

// A drawing is lines as the library takes them.
type drawing struct {
	paints bool
	series [][]float64
	colors []asciigraph.AnsiColor
	marks  []asciigraph.CharSet
	legend []string
}

func (d *drawing) add(l Line, i int) {
	color, mark := plotColors[i%len(plotColors)], plotMarks[i%len(plotMarks)]
	chars := asciigraph.DefaultCharSet
	if d.paints || mark == "" {
		mark = "─"
	} else {
		chars = asciigraph.CreateCharSet(mark)
	}
	name := mark + " " + OneLine(l.Name)
	if d.paints {
		name = color.String() + name + asciigraph.Default.String()
	}
	d.series, d.colors, d.marks, d.legend = append(d.series, l.Values), append(d.colors, color), append(d.marks, chars), append(d.legend, name)
}

// between parts the names: they stand in one line where they fit into the width.
func (d *drawing) between(width int) string {
	long := 0
	for _, name := range d.legend {
		long += len(name) + 3
	}
	if long > width {
		return "\n      "
	}
	return "   "
}

func (d *drawing) options() []asciigraph.Option {
	options := []asciigraph.Option{asciigraph.SeriesChars(d.marks...)}
	if d.paints {
		options = append(options, asciigraph.SeriesColors(d.colors...))
	}
	return options
}

// short writes a number in few characters: 12.3k, 0.512.
func short(v float64) string {
	if a := math.Abs(v); a >= 1000 {
		return About(int64(math.Round(v)))
	}
	return fmt.Sprintf("%.3g", v)
}
