package main

import (
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
	"trainyard/launch/estimate"
	"trainyard/launch/sweep"
)

// printSweepPlan shows the cells, then their mixes, then the total.
func printSweepPlan(t *face.Terminal, p *yard.SweepPlan) error {
	t.Print("%s: %s of %s", p.Name, face.Counted(len(p.Cells), "cell"), face.Counted(p.Datasets, "dataset"))
	if p.Total.Unknown < p.Total.Planned {
		t.Print("; hours and dollars on %s", p.Site)
	}
	t.Print("\n")
	data := datasetNames(p)
	tab := face.NewTable("cell", "state", "data", "rows", "tokens", "steps", "hours", "dollars", "published").Numbers(3, 4, 5, 6, 7).Gives(0).Leaves(8)
	for _, c := range p.Cells {
		tab.Row(c.Name, cellWords(c), data[c.Dataset], face.Thousands(c.Rows), face.Thousands(c.Tokens), face.Thousands(c.Steps), rangeWords(c.Hours), rangeWords(c.Cost), publishedWords(c))
	}
	if err := tab.Write(t.Out); err != nil {
		return err
	}
	if err := printMixes(t, p, data); err != nil {
		return err
	}
	if err := printDetectable(t, p); err != nil {
		return err
	}
	printSweepTotal(t, p)
	tellSweep(t, p)
	return nil
}

// datasetNames are short names of the datasets, in the order of the cells.
func datasetNames(p *yard.SweepPlan) map[string]string {
	short := map[string]string{"": "none"}
	for _, c := range p.Cells {
		if short[c.Dataset] == "" {
			short[c.Dataset] = fmt.Sprintf("d%d", len(short))
		}
	}
	return short
}

func cellWords(c yard.SweepCell) string {
	switch {
	case c.Fault != "" && (c.State == sweep.Missing || c.State == sweep.Prepared || c.State.Again()):
		return "faulty"
	case c.Same != "":
		return "same as " + c.Same
	}
	return string(c.State)
}

func rangeWords(r *estimate.Range) string {
	if r == nil {
		return "unknown"
	}
	if r.High < 0.01 {
		return "under 0.01"
	}
	return fmt.Sprintf("%.3g–%.3g", r.Low, r.High)
}

func publishedWords(c yard.SweepCell) string {
	var all []string
	for _, p := range c.Published {
		all = append(all, fmt.Sprintf("%s %.4g %%", p.Name, p.Value))
	}
	return strings.Join(all, ", ")
}

// printMixes shows each dataset once, with what was asked of each source and what it
// gives.
func printMixes(t *face.Terminal, p *yard.SweepPlan, data map[string]string) error {
	tab := face.NewTable("data", "cells", "source", "asked", "got", "trajectories", "tokens").Numbers(1, 3, 4, 5, 6).Gives(2)
	shown := map[string]bool{}
	for _, c := range p.Cells {
		if c.Dataset == "" || shown[c.Dataset] {
			continue
		}
		shown[c.Dataset] = true
		for i, line := range c.Mix {
			name, cells := data[c.Dataset], fmt.Sprint(c.Shared)
			if i > 0 {
				name, cells = "", ""
			}
			tab.Row(name, cells, line.Source, face.Thousands(line.Asked), face.Thousands(c.Unit.Of(line.Got)), face.Thousands(line.Got.Records), face.Thousands(line.Got.Tokens))
		}
	}
	t.Print("\n")
	return tab.Write(t.Out)
}

func printSweepTotal(t *face.Terminal, p *yard.SweepPlan) {
	total := p.Total
	printStages(t, p)
	t.Print("\n%s of different contents, %s: %s steps", face.Counted(total.Cells, "cell"), statesWords(total.By), face.Thousands(total.Steps))
	if total.Unknown < total.Planned {
		t.Print(", %s hours, %s to %s", rangeWords(&total.Hours), face.Dollars(total.Cost.Low), face.Dollars(total.Cost.High))
	}
	switch {
	case total.Unknown == 0:
	case total.Unknown == total.Planned:
		t.Print("; hours and dollars are not known")
	default:
		t.Print("; of %s hours and dollars are not known", face.Counted(total.Unknown, "cell"))
	}
	printEvaluationTotal(t, total.Evaluations)
	t.Print("\nSpent so far: %s. ", face.Dollars(total.Spent))
	if total.Left == nil {
		t.Print("Worst case of what is left: unknown (%s)\n", unboundWords(p))
		return
	}
	t.Print("Worst case of what is left: %s\n", face.Dollars(*total.Left))
}

// unboundWords say what keeps the worst case from being known.
func unboundWords(p *yard.SweepPlan) string {
	for _, c := range p.Cells {
		if c.Unbound != "" {
			return c.Unbound
		}
	}
	return "say --gpu-hour and --deadline"
}

func statesWords(by map[sweep.State]int) string {
	var all []string
	for _, s := range sweep.States {
		if n := by[s]; n == 1 || n > 0 && s != sweep.Waits {
			all = append(all, fmt.Sprintf("%d %s", n, s))
		} else if n > 1 {
			all = append(all, fmt.Sprintf("%d wait", n))
		}
	}
	return strings.Join(all, ", ")
}

// tellSweep says what a person ought to know before the sweep runs.
func tellSweep(t *face.Terminal, p *yard.SweepPlan) {
	sayOfCells(t, p, "%s cannot run: %s", func(c yard.SweepCell) []string { return []string{c.Fault} })
	sayOfCells(t, p, "hours are not known of %s: %s", func(c yard.SweepCell) []string { return []string{c.Unknown} })
	sayOfCells(t, p, "the worst case is not known of %s: %s", func(c yard.SweepCell) []string { return []string{c.Unbound} })
	sayOfCells(t, p, "data of %s: %s", func(c yard.SweepCell) []string { return c.Remarks })
	for _, a := range p.Idle {
		t.Say("%s changes nothing: the trainer %s is not told of it, and cells that differ by it alone train alike (see: trainyard list trainers)", a.Key, a.Trainer)
	}
	for _, a := range p.Alike {
		t.Say("the data of %s and %s come out alike: %s, and the same tokens of each source; what tells them apart changes nothing here", a.Second, a.First, face.Counted(a.Rows, "row"))
	}
	for _, c := range p.Cells {
		switch {
		case c.Same != "":
			t.Say("%s has the content of %s: one runs, and both names mean it", c.Name, c.Same)
		case c.Run != nil && c.Run.Job.Sweep != p.Name:
			t.Say("%s: run %.8s %s", c.Name, c.Run.ID, ranWhere(c))
		}
	}
	for _, d := range p.Detectable {
		for _, w := range d.Warnings {
			t.Say("%s", w.Words)
		}
	}
	for _, over := range p.OverCaps {
		t.Say("over the cap of %s", over)
	}
	if len(p.Orphans) > 0 {
		t.Say("%s to no cell any more: trainyard sweep diff tells which", face.Plural(len(p.Orphans), "run of this sweep belongs", "runs of this sweep belong"))
	}
}

// sayOfCells says what holds of cells, once for all of which it does.
func sayOfCells(t *face.Terminal, p *yard.SweepPlan, format string, what func(yard.SweepCell) []string) {
	var order []string
	of := map[string][]string{}
	for _, c := range p.Cells {
		for _, words := range what(c) {
			if words != "" && of[words] == nil {
				order = append(order, words)
			}
			of[words] = append(of[words], c.Name)
		}
	}
	for _, words := range order {
		t.Say(format, cellsWords(of[words], len(p.Cells)), words)
	}
}

// cellsWords names some of so many cells in few words.
func cellsWords(names []string, all int) string {
	switch {
	case len(names) == 1:
		return names[0]
	case len(names) == all:
		return fmt.Sprintf("all %d cells", all)
	}
	return fmt.Sprintf("%d of %d cells (%s …)", len(names), all, names[0])
}

// stateVerbs say of one cell what its state is.
var stateVerbs = map[sweep.State]string{
	sweep.Missing: "has not run", sweep.Prepared: "has not run", sweep.Waits: "waits for its stage", sweep.Out: "is out", sweep.Running: "goes on",
	sweep.Succeeded: "has succeeded", sweep.Failed: "has failed", sweep.Stopped: "was stopped by a rule", sweep.Cancelled: "was cancelled", sweep.Lost: "is lost",
}

// ranWhere tells of a run that the sweep did not ask for.
func ranWhere(c yard.SweepCell) string {
	by := "a launch"
	if c.Run.Job.Sweep != "" {
		by = "the sweep " + c.Run.Job.Sweep
	}
	cost := ""
	if c.Dollars != nil {
		cost = ", " + face.Dollars(*c.Dollars)
	}
	return fmt.Sprintf("of %s, %s, is this cell: it %s%s", by, c.Run.CreatedAt.Format("2 January 2006"), stateVerbs[c.State], cost)
}

func sayNews(t *face.Terminal, n yard.SweepNews) {
	words := n.What
	if n.Err != nil {
		words = strings.TrimPrefix(words+": "+n.Err.Error(), ": ")
	}
	words = strings.ReplaceAll(words, fmt.Sprintf(" of run %.8s", n.Run), "") // it is named once
	if n.Run != "" {
		words = fmt.Sprintf("run %.8s: %s", n.Run, words)
	}
	t.Say("%s: %s", n.Cell, words)
}

func printSweepStatus(t *face.Terminal, s *settings, p *yard.SweepPlan) error {
	if s.json() {
		return t.PrintJSON(p)
	}
	tab := face.NewTable("cell", "state", "run", "attempt", "step", "loss", "eval loss", "dollars").Numbers(3, 4, 5, 6, 7).Gives(0)
	for _, c := range p.Cells {
		tab.Row(append([]string{c.Name, cellWords(c)}, runCells(c.Run, c.Dollars)...)...)
	}
	if err := tab.Write(t.Out); err != nil {
		return err
	}
	t.Print("%s: %s\n", face.Counted(p.Total.Cells, "cell"), statesWords(p.Total.By))
	printStages(t, p)
	return printCellEvaluations(t, p)
}

func runCells(r *launch.Run, dollars *float64) []string {
	if r == nil {
		return []string{"", "", "", "", "", ""}
	}
	step := face.Thousands(r.Step)
	if r.TotalSteps > 0 {
		step += " of " + face.Thousands(r.TotalSteps)
	}
	return []string{r.ID[:min(8, len(r.ID))], fmt.Sprint(r.N), step, figure(r.Loss), figure(r.EvalLoss), figure(dollars)}
}

func printSweepDiff(t *face.Terminal, p *yard.SweepPlan, d yard.SweepDiff) error {
	for _, part := range []struct {
		what  string
		cells []string
	}{{"kept", d.Kept}, {"new", d.New}, {string(sweep.Waits), d.Waits}, {string(sweep.Out), d.Out}} {
		if len(part.cells) > 0 {
			t.Print("%s %d:\n  %s\n", part.what, len(part.cells), strings.Join(part.cells, "\n  "))
		}
	}
	for _, c := range d.Changed {
		t.Print("changed: %s was run %.8s\n", c.Cell, c.Run)
	}
	for _, r := range d.Orphaned {
		t.Print("orphaned: run %.8s, %s, was %s: no cell of %s means it\n", r.ID, r.State, r.Job.CellName, p.Name)
	}
	return nil
}

func figure(v *float64) string { return knownOr(v, "", inForm("%.4g")) }
