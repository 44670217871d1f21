package main

import (
	"fmt"
	"slices"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/stats"
)

// printJudged shows what each side came to, then each difference from the first
// with its interval in front.
func printJudged(t *face.Terminal, c *yard.RunComparison, all bool) error {
	if len(c.Evaluations) == 0 {
		t.Print("\nResults: none that two sides have\n")
	}
	for _, e := range c.Evaluations {
		t.Print("\nResults: %s%s\n", face.OneLine(e.ResultKey.String()), scoredBy(e))
		tab := face.NewTable("side", "seeds", "mean", "interval", "instances", "").Numbers(1, 2, 4)
		for _, s := range e.Sides {
			tab.Row(append([]string{s.Side, fmt.Sprint(s.Seeds)}, meanCells(e, s)...)...)
		}
		if err := tab.Write(t.Out); err != nil {
			return err
		}
		for _, p := range e.Pairs {
			printPair(t, e, p, all)
		}
		if len(e.Pairs) > 0 {
			t.Print("  %s\n", methodWords(e.Pairs))
		}
		if e.Noise != nil {
			t.Print("  noise floor: %s\n", e.Noise.Words)
		}
		for _, w := range e.Warnings {
			t.Print("  %s %s\n", t.Paint(face.Wary, "warning:"), face.OneLine(w.Words))
		}
	}
	for _, words := range c.Unjudged {
		t.Print("  %s\n", face.OneLine(words))
	}
	return nil
}

func scoredBy(e yard.JudgedComparison) string {
	if e.Lower {
		return ", a lower one is better"
	}
	return ""
}

func meanCells(e yard.JudgedComparison, s yard.JudgedSide) []string {
	var left []string
	if s.Missing > 0 {
		left = append(left, face.Counted(s.Missing, "instance")+" missing")
	}
	if s.Unnamed > 0 {
		left = append(left, face.Thousands(s.Unnamed)+" not named")
	}
	told := strings.Join(left, ", ")
	if s.Mean == nil {
		var figures []string
		for _, f := range s.Figures {
			figures = append(figures, fmt.Sprintf("%s %.4g", f.Metric, f.Value))
		}
		return []string{"-", "figures alone", "-", strings.Join(figures, ", ")}
	}
	return []string{valueWords(s.Mean.Value, e.Share), intervalWords(*s.Mean, e.Share), fmt.Sprint(s.Mean.N), told}
}

// valueWords writes a mean, in per cent where it is a share.
func valueWords(v float64, share bool) string {
	if share {
		return fmt.Sprintf("%.1f %%", 100*v)
	}
	return fmt.Sprintf("%.4g", v)
}

func intervalWords(e stats.Estimate, share bool) string {
	if e.TooFew != "" {
		return "unknown: " + e.TooFew
	}
	if share {
		return fmt.Sprintf("%.1f to %.1f %%", 100*e.Low, 100*e.High)
	}
	return fmt.Sprintf("%.4g to %.4g", e.Low, e.High)
}

// differenceWords writes a difference with its sign, and its interval.
func differenceWords(e stats.Estimate, share bool) string {
	switch {
	case share && e.TooFew != "":
		return fmt.Sprintf("%+.1f points, %.4g %% interval unknown", 100*e.Value, 100*e.Level)
	case share:
		return fmt.Sprintf("%+.1f points, %.4g %% interval %+.1f to %+.1f", 100*e.Value, 100*e.Level, 100*e.Low, 100*e.High)
	case e.TooFew != "":
		return fmt.Sprintf("%+.4g, %.4g %% interval unknown", e.Value, 100*e.Level)
	}
	return fmt.Sprintf("%+.4g, %.4g %% interval %+.4g to %+.4g", e.Value, 100*e.Level, e.Low, e.High)
}

// verdictWords say whether a pair is told apart, and what there is against it where the
// interval alone would say so.
func verdictWords(p yard.JudgedPair) string {
	switch {
	case p.Separable:
		return "separable"
	case p.Difference.TooFew != "":
		return p.Difference.TooFew
	case p.Difference.Separable():
		return "not separable, among all that is compared here"
	}
	return "not separable"
}

// methodWords name how the intervals and the probabilities of the pairs were found.
func methodWords(pairs []yard.JudgedPair) string {
	var intervals, tests []string
	for _, p := range pairs {
		test, _, _ := strings.Cut(p.Test.Method, "; interval ")
		intervals, tests = append(intervals, p.Difference.Method), append(tests, test)
	}
	once := func(words []string) string {
		slices.Sort(words)
		return strings.Join(slices.Compact(words), "; ")
	}
	return fmt.Sprintf("intervals by %s; p by %s", once(intervals), once(tests))
}

func printPair(t *face.Terminal, e yard.JudgedComparison, p yard.JudgedPair, all bool) {
	t.Print("  %s against %s: %s: %s", p.Second, p.First, differenceWords(p.Difference, e.Share), verdictWords(p))
	t.Print("; p %s, by Holm %s", probability(p.Test.P), probability(*p.Test.Holm))
	if p.Unpaired {
		t.Print(" (as unpaired counts)")
	}
	if p.Effect != nil {
		t.Print("; standardised %+.2f (%+.2f to %+.2f)", p.Effect.Value, p.Effect.Low, p.Effect.High)
	}
	t.Print("\n")
	for _, list := range []struct {
		verb string
		of   []yard.InstanceChange
	}{{"won", p.Better}, {"lost", p.Worse}} {
		if len(list.of) > 0 {
			t.Print("    %s %s: %s\n", list.verb, face.Thousands(len(list.of)), instanceWords(list.of, all))
		}
	}
}

func probability(p float64) string {
	if p < 0.0001 {
		return "below 0.0001"
	}
	return fmt.Sprintf("%.2g", p)
}

// instanceWords names instances, with their scores where these are no verdicts.
func instanceWords(list []yard.InstanceChange, all bool) string {
	var names []string
	for i, c := range list {
		if i == listedInstances && !all {
			names = append(names, fmt.Sprintf("and %d more (--all names them)", len(list)-i))
			break
		}
		name := face.OneLine(c.ID)
		if c.First+c.Second != 1 || c.First != 0 && c.Second != 0 {
			name += fmt.Sprintf(" (%.3g, now %.3g)", c.First, c.Second)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// printBehaviour shows what agents do, side by side: "loops 20.8 % to 1.8 %".
func printBehaviour(t *face.Terminal, c *yard.RunComparison) error {
	if len(c.Behaviour) == 0 {
		return nil
	}
	if len(c.Sides[0].Runs) > 0 {
		t.Print("\n")
	}
	t.Print("Behaviour: %s\n", trajectoryWords(c.Behaviour[0]))
	for _, b := range c.Behaviour {
		first := b.Sides[0]
		if len(b.Sides) == 1 {
			t.Print("  %s %s %s (%s)\n", b.Measure, valueWords(first.Mean.Value, b.Share), b.Unit, intervalWords(first.Mean, b.Share))
		}
		for _, s := range b.Sides[1:] {
			t.Print("  %s %s to %s %s", b.Measure, valueWords(first.Mean.Value, b.Share), valueWords(s.Mean.Value, b.Share), b.Unit)
			if len(b.Sides) > 2 {
				t.Print(", %s", s.Side)
			}
			if s.Difference != nil {
				t.Print(": %s", differenceWords(*s.Difference, b.Share))
			}
			t.Print("\n")
		}
	}
	return nil
}

// trajectoryWords tells how many trajectories each side gave, and whether they are
// paired.
func trajectoryWords(b yard.BehaviourComparison) string {
	var words []string
	for i, s := range b.Sides {
		word := fmt.Sprintf("%s of %s", face.Plural(s.Trajectories, "trajectory", "trajectories"), s.Side)
		if s.Unread > 0 {
			word += fmt.Sprintf(" (%s could not be read)", face.Counted(s.Unread, "record"))
		}
		if i > 0 {
			word += map[bool]string{true: " (by instance)", false: " (unpaired)"}[s.Paired]
		}
		words = append(words, word)
	}
	return strings.Join(words, " to ")
}
