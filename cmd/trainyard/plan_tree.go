package main

import (
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/estimate"
	"trainyard/mix"
)

// printPlan shows the mix, the training and the GPUs, one below the other.
func printPlan(t *face.Terminal, e *yard.Estimated) error {
	m := e.Manifest
	t.Print("%s, sampler %s by %s, seed %d, window %s\n", m.Recipe.Name, m.Sampler, m.Unit, m.Seed, face.Thousands(m.Window))
	if err := planTable(m, face.Thousands[int64]).Else(planTable(m, face.About)).Write(t.Out); err != nil {
		return err
	}
	if train := m.Totals.Train; train.Sequences > 0 {
		t.Print("packed: %s in %s of the window, %.1f %% full\n", face.Counted(train.Sequences, "sequence"), face.Counted(train.Rows, "row"), 100*train.Utilisation)
	}
	printRemarks(t, m)
	if e.Unknown != "" {
		t.Print("\nCost: not known. %s\n", e.Unknown)
		return nil
	}
	printTraining(t, e)
	if err := siteTable(e).Write(t.Out); err != nil {
		return err
	}
	printRemedies(t, e)
	t.Print("\nAssumptions\n")
	for _, line := range e.Assumptions {
		t.Print("  %s\n", line)
	}
	return nil
}

// planTable is the mix as a tree: both sides, and the sources of the first. number
// says how large numbers are written.
func planTable(m *mix.Manifest, number func(int64) string) *face.Table {
	tab := face.NewTable("", "asked", "got", "trajectories", "tokens", "trained", "of the tokens").Numbers(1, 2, 3, 4, 5, 6).Gives(0)
	whole, train, held := m.Whole(), m.Totals.Train, m.Totals.Validation
	both := train.Tokens + held.Tokens
	in := m.Unit.Of
	tab.Row(m.Recipe.Name, "", "", number(whole.Got.Records+whole.Validation.Records), number(both), number(train.TrainedTokens+held.TrainedTokens), "")
	tab.Row("├─ train", number(whole.Asked), number(in(whole.Got)), number(whole.Got.Records),
		number(train.Tokens), number(train.TrainedTokens), face.Percent(train.Tokens, both))
	for i, line := range m.Mix {
		tab.Row("│  "+branch(i, len(m.Mix))+line.Source, number(line.Asked), number(in(line.Got)), number(line.Got.Records),
			number(line.Got.Tokens), number(line.Got.Trained), face.Percent(line.Got.Tokens, both))
	}
	tab.Row("└─ validation", "", number(in(whole.Validation)), number(whole.Validation.Records),
		number(held.Tokens), number(held.TrainedTokens), face.Percent(held.Tokens, both))
	return tab
}

// branch leads to the i-th of n things below another.
func branch(i, n int) string {
	if i == n-1 {
		return "└─ "
	}
	return "├─ "
}

func printTraining(t *face.Terminal, e *yard.Estimated) {
	w := e.Work
	t.Print("\nTraining of %s (%s), %s\n", e.Model, e.Shape, e.Method)
	t.Print("├─ %s parameters, %s trained\n", parameters(w.Parameters), parameters(w.Trained))
	t.Print("├─ %s of %s, %s; about %s tokens a step\n", face.Counted(w.Steps, "step"), batchWords(e),
		face.Counted(int(e.Epochs), "epoch"), face.Thousands(int64(w.TokensPerStep)))
	padding := ""
	if w.Padded > w.Tokens {
		padding = fmt.Sprintf(", %s with padding", face.Thousands(int64(w.Padded)))
	}
	t.Print("└─ %s tokens in all%s; %s FLOPs each, %s in all\n\n",
		face.Thousands(int64(w.Tokens)), padding, face.About(int64(w.FLOPsPerToken)), strings.Replace(fmt.Sprintf("%.2g", w.FLOPs), "e+", "e", 1))
}

// batchWords are the rows of a step: all there are, where the batch is larger.
func batchWords(e *yard.Estimated) string {
	words := face.Counted(stepRows(e), "row")
	if stepRows(e) < int64(e.Batch) {
		words += ", all there are for a batch of " + face.Thousands(e.Batch)
	}
	return words
}

func stepRows(e *yard.Estimated) int64 {
	return min(e.Manifest.Totals.Train.Rows, int64(e.Batch))
}

// siteTable has a row for each choice of GPUs: likely figures, and their ranges.
func siteTable(e *yard.Estimated) *face.Table {
	tab := face.NewTable("GPUs", "fits", "GB a GPU", "host GB", "busy", "hours", "from", "to", "dollars", "from", "to").Numbers(2, 3, 4, 5, 6, 7, 8, 9, 10).Leaves(3, 4, 2)
	for _, s := range e.Sites {
		row := []string{
			fmt.Sprintf("%d × %s", s.Count, s.GPU), "no",
			fmt.Sprintf("%.0f of %.0f", s.Memory.Total/1e9, estimate.GPUs[s.GPU].Memory/1e9),
			fmt.Sprintf("%.0f", s.Memory.Host*float64(s.Count)/1e9),
			busy(s),
		}
		if s.Fits {
			row[1] = s.Strategy
			row = append(row, hours(s.Hours.Likely), hours(s.Hours.Low), hours(s.Hours.High),
				dollars(s.Cost.Likely), dollars(s.Cost.Low), dollars(s.Cost.High))
		}
		tab.Row(row...)
	}
	return tab
}

// busy is the part of the time in which a GPU works: it has a row, and does not
// wait for a longer one.
func busy(s *estimate.Estimate) string {
	return fmt.Sprintf("%.0f %%", 100*s.Balance.Likely*s.Filled)
}

// waits is the other reason why GPUs are not busy, where there is one.
func waits(s *estimate.Estimate) string {
	if s.Balance.Likely == 1 {
		return ""
	}
	return ", and GPUs wait for longer rows"
}

// printRemedies tells what does not fill the GPUs or fit them, what would, and
// what the ways of spreading a model are that were named.
func printRemedies(t *face.Terminal, e *yard.Estimated) {
	named := map[string]bool{}
	for _, s := range e.Sites {
		if s.Filled < 1 {
			t.Print("%d × %s: %s busy: a step of %s leaves %.0f %% of the places empty%s\n", s.Count, s.GPU, busy(s), face.Counted(stepRows(e), "row"), 100*(1-s.Filled), waits(s))
		}
		named[s.Strategy] = named[s.Strategy] || s.Fits
		if s.Fits {
			continue
		}
		var ways []string
		for _, r := range s.Remedies {
			ways = append(ways, fmt.Sprintf("%d × %s %s (%s)", r.Count, r.GPU, r.Method, r.Strategy))
			named[r.Strategy] = true
		}
		if len(ways) == 0 {
			ways = []string{"nothing that was tried"}
		}
		t.Print("%d × %s does not fit; would: %s\n", s.Count, s.GPU, strings.Join(ways, ", "))
	}
	for _, s := range estimate.Strategies {
		if named[s.Name] {
			t.Print("%s: %s\n", s.Name, s.Summary)
		}
	}
}

// parameters writes a number of weights as names of models do: 32.8B, 494M.
func parameters(n float64) string {
	if n >= 1e9 {
		return fmt.Sprintf("%.1fB", n/1e9)
	}
	return fmt.Sprintf("%.0fM", n/1e6)
}

// hours writes a length of time as people plan with it.
func hours(h float64) string {
	switch {
	case h < 1.0/60:
		return "<1 min"
	case h < 1:
		return fmt.Sprintf("%.0f min", 60*h)
	case h < 9.95:
		return fmt.Sprintf("%.1f", h)
	}
	return face.Thousands(int64(h + .5))
}

// dollars leaves out cents that no estimate knows.
func dollars(amount float64) string {
	if amount < 9.995 {
		return face.Dollars(amount)
	}
	return "$" + face.Thousands(int64(amount+.5))
}
