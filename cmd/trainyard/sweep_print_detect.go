package main

import (
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/recipes"
)

// printDetectable shows what others came to, and which differences the sweep would find.
func printDetectable(t *face.Terminal, p *yard.SweepPlan) error {
	if len(p.Published) > 0 {
		t.Print("\nPublished, %% resolved (%s)\n", p.PublishedBy)
		tab := face.NewTable(append([]string{"row"}, benchmarksOf(p)...)...).Gives(0)
		for _, row := range p.Published {
			tab.Row(append([]string{row.Name}, figuresOf(row.Figures, benchmarksOf(p))...)...)
		}
		if err := tab.Write(t.Out); err != nil {
			return err
		}
	}
	if len(p.Detectable) == 0 {
		return nil
	}
	t.Print("\nThe smallest gain that is found with a power of 80 %%, in points\n")
	tab := face.NewTable("benchmark", "instances", "seeds", "over %", "gain", "half of the time", "95 % of the time", "noise between seeds").Numbers(1, 2, 3, 4, 5, 6).Gives(0).Leaves(7)
	for _, d := range p.Detectable {
		row := []string{d.Name, numberOr(d.Instances), fmt.Sprint(d.Seeds)}
		if e := d.Smallest; e != nil {
			row = append(row, fmt.Sprintf("%.3g", 100*d.Rate), points(e.Value), points(e.Low), points(e.High), noiseShort(d))
		} else {
			row = append(row, "", "unknown", "", "", "")
		}
		tab.Row(row...)
	}
	if err := tab.Write(t.Out); err != nil {
		return err
	}
	for _, line := range detectNotes(p.Detectable) {
		t.Print("%s\n", line)
	}
	return nil
}

// detectNotes say where figures come from, those of several benchmarks once.
func detectNotes(all []yard.Detectable) (lines []string) {
	add := func(what, of string) {
		for i, line := range lines {
			if before, words, _ := strings.Cut(line, ": "); words == what {
				lines[i] = before + ", " + of + ": " + what
				return
			}
		}
		lines = append(lines, of+": "+what)
	}
	for _, d := range all {
		switch {
		case d.Unknown != "":
			add(d.Unknown, d.Name)
		case d.Noise != nil:
			add(fmt.Sprintf("over %.3g %%: %s; noise of %s: %s", 100*d.Rate, d.RateFrom, d.NoiseFrom, d.Noise.Words), d.Name)
		default:
			add(fmt.Sprintf("over %.3g %%: %s; noise %s", 100*d.Rate, d.RateFrom, d.NoiseFrom), d.Name)
		}
	}
	return lines
}

func noiseShort(d yard.Detectable) string {
	n := d.Noise
	if n == nil {
		return "assumed"
	}
	return fmt.Sprintf("%s (%s to %s) of %d runs", points(n.Value), points(n.Low), points(n.High), n.N)
}

// points are hundredths of a rate.
func points(share float64) string { return fmt.Sprintf("%.1f", 100*share) }

func numberOr(n int) string {
	if n == 0 {
		return "unknown"
	}
	return face.Thousands(n)
}

func benchmarksOf(p *yard.SweepPlan) (names []string) {
	for _, j := range p.Benchmarks {
		names = append(names, j.Name)
	}
	return names
}

func figuresOf(figures []recipes.Published, benchmarks []string) (cells []string) {
	for _, name := range benchmarks {
		v, known := recipes.Figure(figures, name)
		if !known {
			cells = append(cells, "")
			continue
		}
		cells = append(cells, fmt.Sprintf("%.4g", v))
	}
	return cells
}
