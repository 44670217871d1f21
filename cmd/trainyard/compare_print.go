package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

// printComparison tells what is compared, then what was asked of each, then what became
// of it, and last what to doubt.
func printComparison(t *face.Terminal, c *yard.RunComparison, all bool) error {
	if len(c.Sides) > 0 && len(c.Sides[0].Runs) == 0 {
		return printBehaviour(t, c)
	}
	for _, part := range []func() error{
		func() error { return printComparedSides(t, c) },
		func() error { return printConfig(t, c) },
		func() error { return printData(t, c) },
		func() error { return printCurves(t, c) },
		func() error { return printJudged(t, c, all) },
		func() error { return printBehaviour(t, c) },
	} {
		if err := part(); err != nil {
			return err
		}
	}
	for i, w := range c.Warnings {
		if i == 0 {
			t.Print("\n")
		}
		t.Print("%s %s\n", t.Paint(face.Wary, "warning:"), w.Words)
	}
	return nil
}

// printComparedSides has the money too: it is what a run cost, whatever came of it.
func printComparedSides(t *face.Terminal, c *yard.RunComparison) error {
	tab := face.NewTable("side", "runs", "seeds", "state", "steps", "trained tokens", "loss", "GPU-hours", "dollars").Numbers(4, 5, 6, 7, 8).Gives(1, 0).Leaves(6, 4)
	for _, s := range c.Sides {
		tab.Row(s.Name, runWords(s), seedWords(s), sideStates(s), stepWords(s), knownOr(s.Trained, "unknown", face.Thousands), sideLoss(s), knownOr(s.GPUHours, "unknown", gpuHours), knownOr(s.Dollars, "unknown", face.Dollars))
	}
	return tab.Write(t.Out)
}

func runWords(s yard.Side) string {
	var ids []string
	for _, r := range s.Runs {
		ids = append(ids, fmt.Sprintf("%.8s", r.ID))
	}
	return strings.Join(ids, " ")
}

func seedWords(s yard.Side) string {
	return ofRuns(s, func(r yard.SideRun) string { return fmt.Sprint(r.Seed) })
}

func sideStates(s yard.Side) string {
	return ofRuns(s, func(r yard.SideRun) string { return string(r.State) })
}

func stepWords(s yard.Side) string {
	return ofRuns(s, func(r yard.SideRun) string { return face.Thousands(r.Step) })
}

// ofRuns are the words of the runs of a side, each once.
func ofRuns(s yard.Side, of func(yard.SideRun) string) string {
	var all []string
	met := map[string]bool{}
	for _, r := range s.Runs {
		if word := of(r); !met[word] {
			met[word] = true
			all = append(all, word)
		}
	}
	return strings.Join(all, ", ")
}

// sideLoss is the mean of the newest losses of a side.
func sideLoss(s yard.Side) string {
	sum := 0.0
	for _, r := range s.Runs {
		if r.Loss == nil {
			return "-"
		}
		sum += *r.Loss / float64(len(s.Runs))
	}
	return fmt.Sprintf("%.4g", sum)
}

// gpuHours writes hours of GPUs; of less than a twentieth four decimals, so that a run of
// seconds is not one of nothing.
func gpuHours(v float64) string {
	switch {
	case v > 0 && v < 0.0001:
		return "<0.0001"
	case v > 0 && v < 0.05:
		return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.4f", v), "0"), ".")
	}
	return fmt.Sprintf("%.1f", v)
}

// sidesBeside is up to how many sides stand in columns; more are told line by line.
const sidesBeside = 5

func printConfig(t *face.Terminal, c *yard.RunComparison) error {
	if len(c.Config) == 0 {
		t.Print("\nConfig: no key differs\n")
		return nil
	}
	t.Print("\nConfig\n")
	if len(c.Sides) > sidesBeside {
		return printConfigByValue(t, c)
	}
	header := []string{"key"}
	for _, s := range c.Sides {
		header = append(header, s.Name)
	}
	tab := face.NewTable(header...).Gives(columnsFrom(1, len(header))...)
	for _, k := range c.Config {
		row := []string{k.Key}
		for _, v := range k.Values {
			row = append(row, cmp.Or(v, "-"))
		}
		tab.Row(row...)
	}
	return tab.Write(t.Out)
}

// printConfigByValue has a line for each value of a key, with all sides that say it.
func printConfigByValue(t *face.Terminal, c *yard.RunComparison) error {
	tab := face.NewTable("key", "value", "sides").Gives(2, 1)
	for _, k := range c.Config {
		var values []string
		saying := map[string][]string{}
		for i, v := range k.Values {
			if len(saying[v]) == 0 {
				values = append(values, v)
			}
			saying[v] = append(saying[v], c.Sides[i].Name)
		}
		for i, v := range values {
			key := k.Key
			if i > 0 {
				key = ""
			}
			tab.Row(key, cmp.Or(v, "-"), strings.Join(saying[v], "; "))
		}
	}
	return tab.Write(t.Out)
}

func columnsFrom(first, end int) (all []int) {
	for c := end - 1; c >= first; c-- {
		all = append(all, c)
	}
	return all
}

func printData(t *face.Terminal, c *yard.RunComparison) error {
	for i, d := range c.Data {
		if slices.ContainsFunc(c.Data[:i], func(o yard.DataComparison) bool { return d.SameAs(o) }) {
			continue
		}
		alike := d.Second
		for _, o := range c.Data[i+1:] {
			if d.SameAs(o) {
				alike += "; " + o.Second
			}
		}
		t.Print("\nData: %s against %s", alike, d.First)
		if d.Datasets > 1 {
			t.Print(" (of the %d datasets of %s the first run's)", d.Datasets, d.Second)
		}
		if d.Same {
			t.Print(": the same bytes\n")
			continue
		}
		t.Print("\n")
		if err := printDataSources(t, d); err != nil {
			return err
		}
		for _, n := range d.Counts {
			t.Print("  %s: %s, now %s\n", n.Name, face.Thousands(n.A), face.Thousands(n.B))
		}
		if d.Shared != nil {
			t.Print("  records in both: %s", face.Thousands(*d.Shared))
			if d.Overlap != nil {
				t.Print(", %.1f %% of those that either has", 100**d.Overlap)
			}
			t.Print("\n")
		}
		for _, r := range d.Records {
			if r.Count.Records > 0 {
				t.Print("  records %s (%s): %s, %s tokens\n", r.Kind, changeWords(r.Kind, d), face.Thousands(r.Count.Records), face.Thousands(r.Count.Tokens))
			}
		}
		if d.Unknown != "" {
			t.Print("  %s\n", d.Unknown)
		}
	}
	return nil
}

// changeWords are yard.RecordKinds with the names of the sides.
func changeWords(kind string, d yard.DataComparison) string {
	return strings.NewReplacer("A's", d.First+"'s", "B's", d.Second+"'s").Replace(yard.RecordKinds[kind])
}

func printDataSources(t *face.Terminal, d yard.DataComparison) error {
	if len(d.Sources) == 0 {
		return nil
	}
	tab := face.NewTable("source", "", "asked", "had", "got", "tokens", "trained").Numbers(2, 3, 4, 5, 6).Gives(0, 1)
	for _, s := range d.Sources {
		for i, side := range []*yard.SourceSide{s.A, s.B} {
			name, of := s.Name, d.First
			if i == 1 {
				name, of = "", d.Second
			}
			if side == nil {
				tab.Row(name, of, "none")
				continue
			}
			tab.Row(name, of, face.Thousands(side.Asked), face.Thousands(side.Had.Records), face.Thousands(side.Got.Records), face.Thousands(side.Got.Tokens), face.Thousands(side.Got.Trained))
		}
	}
	return tab.Write(t.Out)
}

func printCurves(t *face.Terminal, c *yard.RunComparison) error {
	if c.Curves == nil {
		t.Print("\nCurves: %s\n", c.NoCurves)
		return nil
	}
	measure, scale := curveMeasure(c.Curves)
	p := face.Plot{To: scale * c.Curves.At[len(c.Curves.At)-1]}
	for _, s := range c.Curves.Sides {
		line := face.Line{Name: s.Side}
		for _, v := range s.Values {
			line.Values = append(line.Values, orNaN(v))
		}
		p.Lines = append(p.Lines, line)
	}
	t.Print("\nCurves: %s by %s\n", c.Curves.Key, measure)
	if err := p.Write(t); err != nil {
		return err
	}
	if n := len(c.Curves.Even); n > 0 {
		t.Print("%s no clock: the time of each attempt is spread evenly over its steps\n", face.Plural(n, "run tells", "runs tell"))
	}
	tab := face.NewTable("side", c.Curves.Key+" at the end", fmt.Sprintf("at %s, where all are", commonPlace(c.Curves)), "").Numbers(1, 2)
	for _, s := range c.Curves.Sides {
		tab.Row(s.Side, knownOr(s.Last, "-", inForm("%.4g")), knownOr(s.Common, "-", inForm("%.4g")), s.Missing)
	}
	return tab.Write(t.Out)
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// curveMeasure names what curves are drawn by, and by how much its places are multiplied:
// hours are told in minutes or seconds where they are few.
func curveMeasure(c *yard.CurveComparison) (words string, scale float64) {
	words, scale = yard.Measures[c.By], 1
	if c.By == "time" {
		unit := ""
		unit, scale = timeUnit(c.At[len(c.At)-1])
		words = strings.Replace(words, "hours", unit, 1)
	}
	return words, scale
}

// timeUnit is the one in which so many hours are a number that people read.
func timeUnit(hours float64) (unit string, scale float64) {
	switch {
	case hours < 1./30: // two minutes
		return "seconds", 3600
	case hours < 2:
		return "minutes", 60
	}
	return "hours", 1
}

// commonPlace writes the farthest place that all sides reach.
func commonPlace(c *yard.CurveComparison) string {
	switch c.By {
	case "dollars":
		return face.Dollars(c.Common)
	case "time":
		unit, scale := timeUnit(c.Common)
		return fmt.Sprintf("%.3g %s", scale*c.Common, unit)
	}
	return face.Thousands(int64(c.Common)) + " " + strings.TrimSuffix(c.By, "s") + "s"
}
