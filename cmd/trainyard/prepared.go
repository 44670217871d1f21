package main

import (
	"slices"
	"strings"

	"trainyard/mix"
)

// printPrepared tells what a prepare did: the funnel, why records ended early,
// the mix, and the files.
func printPrepared(t *terminal, cfg mix.Config, res *mix.Result) error {
	m := res.Manifest
	if err := printFunnel(t, m); err != nil {
		return err
	}
	printReasons(t, m)
	if err := printMix(t, m); err != nil {
		return err
	}
	return printFiles(t, cfg, res)
}

func printFunnel(t *terminal, m *mix.Manifest) error {
	t.print("Funnel, records (tokens)\n")
	tab := newTable("source", "read", "parsed", "accepted", "unique", "within window", "sampled").numbers(1, 2, 3, 4, 5, 6)
	for _, s := range m.Sources {
		tab.row(funnelRow(s.Name, s.Funnel)...)
	}
	tab.row(funnelRow("total", m.Totals.Funnel)...)
	return tab.write(t.out)
}

func funnelRow(name string, f mix.Funnel) []string {
	row := []string{name, thousands(f.Read.Records), thousands(f.Parsed.Records)}
	for _, c := range []mix.Count{f.Accepted, f.Unique, f.WithinWindow, f.Sampled} {
		row = append(row, recordsAndTokens(c))
	}
	return row
}

// recordsAndTokens writes 12 (34,567). Records that were not accepted are
// never tokenised, so that tokens begin with the accepted ones.
func recordsAndTokens(c mix.Count) string {
	return thousands(c.Records) + " (" + thousands(c.Tokens) + ")"
}

// printReasons lists why records ended before the shards and what rendering
// changed in the ones that did not.
func printReasons(t *terminal, m *mix.Manifest) {
	for _, s := range m.Sources {
		t.printCounts(s.Name+" left out", s.Reasons)
	}
	for _, s := range m.Sources {
		t.printCounts(s.Name+" edited", s.Notes)
	}
}

func (t *terminal) printCounts(title string, counts map[string]int64) {
	if len(counts) == 0 {
		return
	}
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = thousands(counts[k]) + " " + k
	}
	t.print("  %s: %s\n", title, strings.Join(parts, "; "))
}

// printMix shows the mix as a tree: the whole, then each source's part.
func printMix(t *terminal, m *mix.Manifest) error {
	whole := wholeMix(m)
	t.print("\nMix, sampler %s by %s, seed %d, window %s\n", m.Sampler, m.Unit, m.Seed, thousands(m.Window))
	tab := newTable("", "asked", "had", "got", "of the mix", "tokens", "of the tokens").numbers(1, 2, 3, 4, 5, 6)
	tab.row(mixRow("train", whole, whole, m.Unit)...)
	for i, line := range m.Mix {
		branch := "├─ "
		if i == len(m.Mix)-1 {
			branch = "└─ "
		}
		tab.row(mixRow(branch+line.Source, line, whole, m.Unit)...)
	}
	if held := m.Totals.Held; held.Rows > 0 {
		tab.row("validation", "", "", thousands(held.Rows), "", thousands(held.Tokens), "")
	}
	return tab.write(t.out)
}

func wholeMix(m *mix.Manifest) (whole mix.MixLine) {
	for _, line := range m.Mix {
		whole.Asked += line.Asked
		whole.Had.Records += line.Had.Records
		whole.Had.Tokens += line.Had.Tokens
		whole.Got.Records += line.Got.Records
		whole.Got.Tokens += line.Got.Tokens
	}
	return whole
}

func mixRow(name string, line, whole mix.MixLine, unit mix.Unit) []string {
	had, got, all := line.Had.Records, line.Got.Records, whole.Got.Records
	if unit == mix.Tokens {
		had, got, all = line.Had.Tokens, line.Got.Tokens, whole.Got.Tokens
	}
	return []string{
		name, thousands(line.Asked), thousands(had), thousands(got), percent(got, all),
		thousands(line.Got.Tokens), percent(line.Got.Tokens, whole.Got.Tokens),
	}
}

func printFiles(t *terminal, cfg mix.Config, res *mix.Result) error {
	m := res.Manifest
	if cfg.DryRun {
		t.print("\nDry run: nothing was written. It would go to %s\n", cfg.Out)
		return nil
	}
	t.print("\n%s, %s tokens (%s trained), %s, in %s\n",
		counted(m.Totals.Train.Rows, "row"), thousands(m.Totals.Train.Tokens),
		thousands(m.Totals.Train.TrainedTokens), counted(len(m.Shards), "shard"), cfg.Out)
	if res.Reused {
		t.print("It was there already, from the same recipe and inputs: nothing was written.\n")
	}
	return nil
}
