package main

import (
	"fmt"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

// printCellEvaluations shows what has become of the evaluations of each cell; nothing
// where the sweep has none.
func printCellEvaluations(t *face.Terminal, p *yard.SweepPlan) error {
	total := p.Total.Evaluations
	if total.Count == 0 {
		return nil
	}
	tab := face.NewTable("cell", "evaluation", "state", "run", "attempt", "dollars", "result").Numbers(4, 5).Gives(0, 6)
	for _, c := range p.Cells {
		if c.Same != "" {
			continue
		}
		for _, e := range c.Evaluations {
			row := []string{c.Name, e.Name, string(e.State), "", "", figure(e.Dollars), ""}
			if e.Run != nil {
				row[3], row[4], row[6] = short(*e.Run), face.Thousands(int64(e.Run.N)), e.Run.Reason
			}
			tab.Row(row...)
		}
	}
	t.Print("\n")
	if err := tab.Write(t.Out); err != nil {
		return err
	}
	t.Print("%s: %s\n", face.Counted(total.Count, "evaluation"), statesWords(total.By))
	return nil
}

// printEvaluationTotal tells of evaluations that are left what they may come to.
func printEvaluationTotal(t *face.Terminal, total yard.EvaluationTotal) {
	if total.Count+total.Waiting == 0 {
		return
	}
	t.Print("\n%s, %s", face.Counted(total.Count, "evaluation"), statesWords(total.By))
	if total.Waiting > 0 {
		t.Print(", and up to %d of stages that wait", total.Waiting)
	}
	if total.Hours > 0 {
		t.Print("; those that are left take %s at most", hoursWords(total.Hours))
	}
	if total.Endless > 0 {
		t.Print("; %d without a deadline", total.Endless)
	}
	switch {
	case total.Left == nil:
		t.Print("; what they may cost is not known")
	case *total.Left > 0:
		t.Print("; worst case %s", face.Dollars(*total.Left))
	}
}

// hoursWords writes a time in hours as people read it.
func hoursWords(hours float64) string {
	words := fmt.Sprintf("%.3g hours", hours)
	switch {
	case hours < 1.0/60:
		return "under a minute"
	case words == "1 hours":
		return "1 hour"
	}
	return words
}
