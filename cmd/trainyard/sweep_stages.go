package main

import (
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

// printStages tells of each stage after the first which variants go on, or why that is
// not known; nothing where there are no stages.
func printStages(t *face.Terminal, p *yard.SweepPlan) {
	for k, s := range p.Stages {
		if k == 0 {
			continue
		}
		t.Print("\nstage %s: up to %d of %s, by %s: ", s.Name, s.Most, face.Counted(s.Variants, "variant"), stageRule(s))
		if s.Undecided != "" {
			t.Print("open, %s", s.Undecided)
		} else {
			t.Print("%s", choiceWords(s))
		}
		for _, note := range s.Notes {
			t.Print("; %s", note)
		}
		t.Print("\n")
	}
}

func stageRule(s yard.SweepStage) string {
	words := s.By
	if s.Metric != "" {
		words += " " + s.Metric
	}
	side, end := "below", "lowest"
	if s.Highest {
		side, end = "above", "highest"
	}
	if s.Top > 0 {
		words += ", the " + end
	}
	if s.Better != nil {
		words += fmt.Sprintf(", %s %.4g", side, *s.Better)
	}
	return words
}

func choiceWords(s yard.SweepStage) string {
	var on, out []string
	for _, score := range s.Scores {
		words := fmt.Sprintf("%s (%.4g)", score.Variant, score.Value)
		if score.Wins {
			on = append(on, words)
		} else {
			out = append(out, words)
		}
	}
	words := "none goes on"
	if len(on) > 0 {
		words = strings.Join(on, ", ") + " on"
	}
	if len(out) > 0 {
		words += "; " + strings.Join(out, ", ") + " out"
	}
	return words
}
