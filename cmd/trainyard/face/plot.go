package face

import (
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
	plotMarks  = []string{"", "*", "o", "+", "x", "#", "@", "%"}
)

// Write draws the curves, as wide as the terminal lets it, with a line of names below.
// Without colours each curve has a mark of its own.
func (p *Plot) Write(t *Terminal) error {
	width := 72
	if s, ok := t.Out.(*Stream); ok && s.width > 0 {
		width = min(max(20, s.width-14), 120)
	}
	paints := t.Paints()
	options := []asciigraph.Option{
		asciigraph.Height(max(4, orElse(p.Height, 12))), asciigraph.Width(width), asciigraph.XAxisRange(p.From, p.To), asciigraph.XAxisTickCount(5),
		asciigraph.XAxisValueFormatter(func(v float64) string { return short(v) }), asciigraph.YAxisValueFormatter(func(v float64) string { return short(v) }),
	}
	var series [][]float64
	var colors []asciigraph.AnsiColor
	var marks []asciigraph.CharSet
	var legend []string
	for i, l := range p.Lines {
		if !slices.ContainsFunc(l.Values, func(v float64) bool { return !math.IsNaN(v) }) {
			continue
		}
		series = append(series, l.Values)
		mark := plotMarks[i%len(plotMarks)]
		if colors = append(colors, plotColors[i%len(plotColors)]); mark == "" || paints {
			marks, mark = append(marks, asciigraph.DefaultCharSet), "─"
		} else {
			marks = append(marks, asciigraph.CreateCharSet(mark))
		}
		name := mark + " " + OneLine(l.Name)
		if paints {
			name = colors[len(colors)-1].String() + name + asciigraph.Default.String()
		}
		legend = append(legend, name)
	}
	if len(series) == 0 {
		return nil
	}
	options = append(options, asciigraph.SeriesChars(marks...))
	if paints {
		options = append(options, asciigraph.SeriesColors(colors...))
	}
	t.Print("%s\n%s\n", Painted(asciigraph.PlotMany(series, options...)), Painted(strings.Repeat(" ", 6)+strings.Join(legend, "   ")))
	return nil
}

func orElse(n, other int) int {
	if n == 0 {
		return other
	}
	return n
}

// short writes a number in few characters: 12.3k, 0.512.
func short(v float64) string {
	if a := math.Abs(v); a >= 1000 {
		return About(int64(math.Round(v)))
	}
	return fmt.Sprintf("%.3g", v)
}
