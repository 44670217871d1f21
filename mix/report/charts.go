package report

import (
	"fmt"
	"html/template"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/go-analyze/charts"

	"trainyard/format/behaviour"
)

// A Chart is one picture. Its numbers stand in a table beside it.
type Chart struct {
	Title string
	SVG   template.HTML
	// Legend names the series in the order of their colours. The library's own
	// has texts run over its marks where it breaks into two lines.
	Legend []string
}

// The size that charts are drawn at. A page scales them down to a phone's width,
// at which their text is still read.
const (
	chartWidth  = 420
	chartHeight = 230
	chartFont   = 9
)

// The library writes colours into the SVG. Each of these stands for a variable
// of the style sheet, which has one value for light and one for dark.
var (
	inkColor  = charts.Color{R: 1, G: 1, B: 1, A: 255}
	ruleColor = charts.Color{R: 2, G: 2, B: 2, A: 255}
	backColor = charts.Color{R: 0, G: 0, B: 0, A: 0}
)

func seriesColor(i int) charts.Color { return charts.Color{R: 3, G: 3, B: uint8(3 + i), A: 255} }

var variables = strings.NewReplacer(
	"rgb(1,1,1)", "var(--ink)", "rgb(2,2,2)", "var(--rule)",
	"rgb(3,3,3)", "var(--series-1)", "rgb(3,3,4)", "var(--series-2)", "rgb(3,3,5)", "var(--series-3)",
	"rgb(3,3,6)", "var(--series-4)", "rgb(3,3,7)", "var(--series-5)", "rgb(3,3,8)", "var(--series-6)",
)

func chartTheme() charts.ColorPalette {
	var series []charts.Color
	for i := range 6 {
		series = append(series, seriesColor(i))
	}
	return charts.MakeTheme(charts.ThemeOption{
		AxisStrokeColor: ruleColor, AxisSplitLineColor: ruleColor, BackgroundColor: backColor, TextColor: inkColor, SeriesColors: series,
	})
}

// draw makes the SVG of a chart.
func draw(title, alt string, height int, paint func(*charts.Painter) error) Chart {
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: chartWidth, Height: height})
	if err := paint(p); err != nil {
		panic("report: chart " + title + ": " + err.Error()) // of numbers that are ours
	}
	svg, err := p.Bytes()
	if err != nil {
		panic("report: chart " + title + ": " + err.Error())
	}
	return Chart{Title: title, SVG: template.HTML(adapt(string(svg), alt))}
}

// svgHead is the element that the library begins with; fontFamily what it says of
// its font in each text.
var (
	svgHead    = regexp.MustCompile(`^<svg[^>]*>`)
	viewBox    = regexp.MustCompile(`viewBox="[^"]*"`)
	fontFamily = regexp.MustCompile(`font-family:[^;"]*;?`)
	fontSize   = regexp.MustCompile(`font-size:[0-9.]+px`)
)

// shownFont is smaller than the font that texts were placed for: the page's may
// be wider by so much.
const shownFont = "font-size:10.5px"

// adapt gives an SVG the page's colours and font, and lets it scale.
func adapt(svg, alt string) string {
	size := viewBox.FindString(svgHead.FindString(svg))
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" %s role="img" aria-label="%s">`, size, template.HTMLEscapeString(alt))
	body := svgHead.ReplaceAllString(svg, "")
	return head + variables.Replace(fontSize.ReplaceAllString(fontFamily.ReplaceAllString(body, ""), shownFont))
}

// histogramChart shows how many rows or trajectories there are of each size.
func histogramChart(of, what string, m *Measure) Chart {
	var labels []string
	values := []float64{0}
	if len(m.Histogram) > 0 {
		values = nil
	}
	for _, b := range m.Histogram {
		labels, values = append(labels, number(int64(b.From))), append(values, float64(b.Rows))
	}
	alt := fmt.Sprintf("Histogram of %s by %s: from %s to %s, median %s", of, what, number(int64(m.Min)), number(int64(m.Max)), number(int64(m.Median)))
	return draw(strings.ToUpper(of[:1])+of[1:]+" by "+what, alt, chartHeight, func(p *charts.Painter) error {
		opt := charts.NewBarChartOptionWithData([][]float64{values})
		opt.Theme = chartTheme()
		opt.CategoryAxis = categoryAxis(everyNth(labels, 6))
		opt.ValueAxis = []charts.ValueAxisOption{valueAxis(roundTop(slices.Max(values)))}
		opt.ValueFormatter = wholeNumber
		opt.BarSize = 0.9
		opt.Legend.Show = charts.Ptr(false)
		return p.BarChart(opt)
	})
}

func wholeNumber(f float64) string { return number(int64(math.Round(f))) }

func wholePercent(f float64) string { return fmt.Sprintf("%.0f %%", f) }

// gridLines are what a value axis has, the one at 0 included.
const gridLines = 5

func valueAxis(top float64) charts.ValueAxisOption {
	return charts.ValueAxisOption{
		Min: charts.Ptr(0.0), Max: charts.Ptr(top), RangeValuePaddingScale: charts.Ptr(0.0),
		LabelCount: gridLines, PreferNiceIntervals: charts.Ptr(false), LabelFontStyle: charts.NewFontStyleWithSize(chartFont),
	}
}

func categoryAxis(labels []string) charts.CategoryAxisOption {
	return charts.CategoryAxisOption{Labels: labels, LabelCount: len(labels), LabelFontStyle: charts.NewFontStyleWithSize(chartFont)}
}

// roundTop is the least number above top that the grid divides into whole
// ones, a short one times a power of ten.
func roundTop(top float64) float64 {
	for power := 1.0; ; power *= 10 {
		for _, unit := range []float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 8} {
			if step := unit * power; step == math.Trunc(step) && step*(gridLines-1) >= top {
				return step * (gridLines - 1)
			}
		}
	}
}

// everyNth leaves so many labels at most, and empty ones for the others.
func everyNth(labels []string, most int) []string {
	every := (len(labels) + most - 1) / most
	shown := make([]string, len(labels))
	for i := range labels {
		if i%every == 0 {
			shown[i] = labels[i]
		}
	}
	return shown
}

// retentionChart shows what each window would keep.
func retentionChart(list []Retained) Chart {
	var labels []string
	var records []float64
	for _, r := range list {
		labels = append(labels, windowName(r.Window))
		records = append(records, 100*float64(r.Records)/float64(max(r.Of, 1)))
	}
	return draw("Trajectories that fit a window", "Share of the unique trajectories that fit each window, in percent", chartHeight, func(p *charts.Painter) error {
		opt := charts.NewLineChartOptionWithData([][]float64{records})
		opt.Theme = chartTheme()
		opt.XAxis = categoryAxis(labels)
		opt.YAxis = []charts.YAxisOption{valueAxis(100)}
		opt.ValueFormatter = wholePercent
		opt.Legend.Show = charts.Ptr(false)
		return p.LineChart(opt)
	})
}

// activityChart shows what the steps of each part are for, beside the paper's.
// The library draws the last bar on top.
func activityChart(parts []*Part) Chart {
	series := make([][]float64, len(activityOrder))
	var labels []string
	add := func(label string, steps func(behaviour.Activity) float64) {
		labels = append(labels, label)
		for k, share := range sharesOf(steps) {
			series[k] = append(series[k], share)
		}
	}
	for _, t := range slices.Backward(publishedTasks) {
		add(t.name+" (paper)", func(a behaviour.Activity) float64 { return t.activities[a] })
	}
	for _, p := range slices.Backward(parts) {
		if t := p.counts(); t != nil {
			add(p.Name, func(a behaviour.Activity) float64 { return float64(t.Activities[a]) })
		}
	}
	chart := draw("What the steps are for", "Share of steps by activity, in percent, for each source and for the tasks of the paper", 60+26*len(labels), func(p *charts.Painter) error {
		opt := charts.NewBarChartOptionWithData(series)
		opt.Theme = chartTheme()
		opt.Horizontal, opt.StackSeries = true, charts.Ptr(true)
		opt.CategoryAxis = categoryAxis(labels)
		opt.ValueAxis = []charts.ValueAxisOption{valueAxis(100)}
		opt.ValueFormatter = wholePercent
		opt.Legend.Show = charts.Ptr(false)
		return p.BarChart(opt)
	})
	chart.Legend = activityNames()
	return chart
}

// sharesOf scales the numbers of all activities to percent. The paper's add up
// to 99.9 or 100.1; a hair is left so that no sum passes the axis' end.
func sharesOf(steps func(behaviour.Activity) float64) []float64 {
	shares, sum := make([]float64, len(activityOrder)), 0.0
	for k, activity := range activityOrder {
		shares[k] = steps(activity)
		sum += shares[k]
	}
	for k := range shares {
		shares[k] *= 99.9999 / max(sum, 1e-9)
	}
	return shares
}

// activityOrder is the paper's order of components, and what it does not count.
var activityOrder = []behaviour.Activity{behaviour.Reasoning, behaviour.Exploration, behaviour.Execution, behaviour.Implementation, behaviour.Verification, behaviour.Closing}

func activityNames() (names []string) {
	for _, a := range activityOrder {
		names = append(names, string(a))
	}
	return names
}
