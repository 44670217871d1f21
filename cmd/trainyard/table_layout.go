package main

import (
	"fmt"
	"slices"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/stats"
	"trainyard/launch/sweep"
)

// A layout is a sweep's table as cells of text, for whichever way of writing.
type layout struct {
	header  []string
	rows    [][]string
	numbers []int    // columns of numbers
	notes   []string // below the table
}

// A pen is how one way of writing marks a mean, and an interval behind it.
type pen struct {
	best     func(mean string) string
	interval func(low, high string) string
	text     func(string) string // escapes
}

// layoutOf writes the table with a pen.
func layoutOf(table *yard.SweepTable, p pen) *layout {
	l := &layout{}
	keys := p.keys(l, table)
	l.add("seeds", true)
	for _, e := range table.Evaluations {
		l.add(p.text(columnTitle(table, e)), true)
		if e.Published {
			l.add("published", true)
		}
	}
	for _, name := range []string{"trained tokens", "steps", "GPU-hours", "$"} {
		l.add(p.text(name), true)
	}
	l.add("state", false)
	for _, r := range table.Rows {
		row := keys(r)
		row = append(row, fmt.Sprint(len(r.Runs)))
		for i, e := range table.Evaluations {
			row = append(row, p.score(e, r.Scores[i]))
			if e.Published {
				row = append(row, knownOr(r.Scores[i].Published, "-", percent))
			}
		}
		unknown := unknownOr(r)
		row = append(row, knownOr(r.Trained, unknown, face.Thousands), knownOr(r.Steps, unknown, face.Thousands), p.text(knownOr(r.GPUHours, unknown, gpuHours)), knownOr(r.Dollars, unknown, inForm("%.2f")), p.text(rowState(r)))
		l.rows = append(l.rows, row)
	}
	for _, line := range table.Published {
		l.rows = append(l.rows, p.publishedRow(table, line, len(l.header)))
	}
	for _, note := range notesOf(table) {
		l.notes = append(l.notes, face.OneLine(p.text(note)))
	}
	return l
}

func (l *layout) add(title string, number bool) {
	if number {
		l.numbers = append(l.numbers, len(l.header))
	}
	l.header = append(l.header, title)
}

// keys adds a column for each key, or one of names where cells vary nothing.
func (p pen) keys(l *layout, table *yard.SweepTable) func(yard.TableRow) []string {
	if len(table.Keys) == 0 {
		l.add("cell", false)
		return func(r yard.TableRow) []string { return []string{p.text(r.Name)} }
	}
	for _, key := range table.Keys {
		l.add(p.text(key), false)
	}
	return func(r yard.TableRow) []string {
		var cells []string
		for _, v := range r.Values {
			cells = append(cells, p.text(orDash(v)))
		}
		return cells
	}
}

// columnTitle has the number of instances where all rows have one.
func columnTitle(table *yard.SweepTable, e yard.TableColumn) string {
	title := e.Title
	if e.Share {
		title += ", %"
	}
	if n := instancesOf(table, e); n > 0 {
		title += fmt.Sprintf(" (n = %d)", n)
	}
	return title
}

// instancesOf is the number of instances that all judged rows have; 0 where they differ.
func instancesOf(table *yard.SweepTable, e yard.TableColumn) (n int) {
	for _, r := range table.Rows {
		for i := range table.Evaluations {
			m := r.Scores[i].Mean
			if table.Evaluations[i].Title != e.Title || m == nil {
				continue
			}
			if n > 0 && n != m.N {
				return 0
			}
			n = m.N
		}
	}
	return n
}

// score writes a mean with its interval.
func (p pen) score(e yard.TableColumn, s yard.TableScore) string {
	switch {
	case s.Mean != nil:
		mean := inUnit(s.Mean.Value, e.Share)
		if s.Best {
			mean = p.best(mean)
		}
		if s.Mean.TooFew != "" {
			return mean + p.interval("?", "?")
		}
		return mean + p.interval(inUnit(s.Mean.Low, e.Share), inUnit(s.Mean.High, e.Share))
	case s.Figure != nil:
		return inUnit(*s.Figure, e.Share)
	}
	return "-"
}

// publishedRow has the figures of what no cell is.
func (p pen) publishedRow(table *yard.SweepTable, line yard.PublishedLine, columns int) []string {
	row := []string{p.text(line.Name)}
	for len(row) < max(1, len(table.Keys))+1 { // the other keys, and the seeds
		row = append(row, "-")
	}
	for i, e := range table.Evaluations {
		if row = append(row, "-"); e.Published {
			row = append(row, knownOr(line.Figures[i], "-", percent))
		}
	}
	for len(row) < columns-1 {
		row = append(row, "-")
	}
	return append(row, "published")
}

// percent writes a published share with as many digits as papers give.
func percent(share float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.2f", 100*share), "0")
}

func inUnit(v float64, share bool) string {
	if share {
		return fmt.Sprintf("%.1f", 100*v)
	}
	return fmt.Sprintf("%.4g", v)
}

// unknownOr is the word for a figure of a row's runs that is not known: a row without any
// run has nothing, which is not the same.
func unknownOr(r yard.TableRow) string {
	if len(r.Runs) == 0 {
		return "-"
	}
	return "unknown"
}

// rowState counts the cells of a row by state, or names the state of all.
func rowState(r yard.TableRow) string {
	if r.Same != "" {
		return "same as " + r.Same
	}
	var parts []string
	for _, s := range sweep.States {
		switch n := r.States[s]; {
		case n > 0 && len(r.States) == 1:
			return string(s)
		case n > 0:
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

// notesOf are the noise floor, what is said of the best row, and remarks.
func notesOf(table *yard.SweepTable) (notes []string) {
	for _, e := range table.Evaluations {
		if e.Noise != nil {
			notes = append(notes, fmt.Sprintf("Noise floor on %s: %s.", e.Title, e.Noise.Words))
		}
	}
	for _, e := range table.Evaluations {
		if b := e.Best; b != nil {
			verdict := "can be told from the next, " + b.Next
			if !b.Separable {
				verdict = "cannot be told from the next, " + b.Next
			}
			difference := differenceWords(b.Difference, e.Share)
			if b.Difference.TooFew != "" {
				difference += " (" + b.Difference.TooFew + ")"
			}
			notes = append(notes, fmt.Sprintf("Best on %s: %s, which %s: %s; p %s, %scorrected for %d that it was chosen among.",
				e.Title, b.Name, verdict, difference, probability(b.P), correctedWords(b), b.Among))
		}
	}
	if table.Source != "" {
		notes = append(notes, "Published figures: "+table.Source+".")
	}
	for _, words := range table.Remarks {
		notes = append(notes, words+".")
	}
	if anyMean(table, func(stats.Estimate) bool { return true }) {
		unknown := ""
		if anyMean(table, func(m stats.Estimate) bool { return m.TooFew != "" }) {
			unknown = "; [?, ?] is unknown: the seeds are too few for how much they differ"
		}
		notes = append(notes, fmt.Sprintf("Brackets are %.4g %% intervals%s.", 100*table.Level, unknown))
	}
	return notes
}

// correctedWords says that more than the probability is corrected where there are more
// than two to choose among.
func correctedWords(b *yard.TableBest) string {
	if b.Among > 2 {
		return "both "
	}
	return ""
}

func anyMean(table *yard.SweepTable, holds func(stats.Estimate) bool) bool {
	return slices.ContainsFunc(table.Rows, func(r yard.TableRow) bool {
		return slices.ContainsFunc(r.Scores, func(s yard.TableScore) bool { return s.Mean != nil && holds(*s.Mean) })
	})
}
