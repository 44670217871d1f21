package main

import (
	"maps"
	"slices"
	"strings"

	"trainyard/mix"
	"trainyard/tokenize/chat"
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

// printReasons lists why records ended before the shards, and what was changed
// in the accepted ones and is worth knowing of them.
func printReasons(t *terminal, m *mix.Manifest) {
	for _, s := range m.Sources {
		t.printCounts(s.Name+" left out", s.Reasons)
		t.printExamples(s.Examples)
	}
	for _, s := range m.Sources {
		t.printCounts(s.Name+" edited", s.Notes)
		for _, line := range s.Unmatched {
			t.print("    %s\n", line)
		}
		t.printCounts(s.Name+" flagged", s.Flags)
		t.printCounts(s.Name+" warned of", s.Warnings)
		for _, kind := range slices.Sorted(maps.Keys(s.Warnings)) {
			t.print("    %s: %s\n", kind, chat.WarningKinds[kind])
		}
	}
}

func (t *terminal) printCounts(title string, counts map[string]int64) {
	if len(counts) > 0 {
		t.print("  %s: %s\n", title, strings.Join(countWords(counts), "; "))
	}
}

// countNames is countWords of names that stand once for each time.
func countNames(names []string) []string {
	counts := map[string]int64{}
	for _, n := range names {
		counts[n]++
	}
	return countWords(counts)
}

// countWords writes counts as "12 name", in the order of the names.
func countWords(counts map[string]int64) (parts []string) {
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, thousands(counts[k])+" "+k)
	}
	return parts
}

// printExamples tells the first record of each reason.
func (t *terminal) printExamples(examples map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(examples)) {
		t.print("    %s, first: %s\n", key, examples[key])
	}
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
	if err := tab.write(t.out); err != nil {
		return err
	}
	printValidation(t, m)
	printShort(t, m, whole)
	return nil
}

// printValidation tells what was set aside of what the sampler could choose
// from otherwise.
func printValidation(t *terminal, m *mix.Manifest) {
	held := m.Totals.Validation
	if m.Validation.Asked == 0 {
		return
	}
	unit, all := held.Rows, m.Totals.Funnel.WithinWindow.Records
	if m.Unit == mix.Tokens {
		unit, all = held.Tokens, m.Totals.Funnel.WithinWindow.Tokens
	}
	t.print("validation: %s, %s tokens, of %s: %s of what could be used, %.1f %% asked\n",
		counted(held.Rows, "row"), thousands(held.Tokens), plural(len(m.Validation.Repos), "repository", "repositories"),
		percent(unit, all), 100*m.Validation.Asked)
}

// printShort names the sources that had less than was asked of them, which
// moves the ratios of the mix.
func printShort(t *terminal, m *mix.Manifest, whole mix.MixLine) {
	for _, line := range m.Mix {
		had, got, all := line.Had.Records, line.Got.Records, whole.Got.Records
		if m.Unit == mix.Tokens {
			had, got, all = line.Had.Tokens, line.Got.Tokens, whole.Got.Tokens
		}
		if had < line.Asked {
			t.print("short: %s has %s of the %s asked; it is %s of the mix, not %s\n", line.Source,
				thousands(had), thousands(line.Asked), percent(got, all), percent(line.Asked, whole.Asked))
		}
	}
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
	t.print("\n%s to train on, %s tokens (%s trained), and %s for validation, in %s:\n%s\n",
		counted(m.Totals.Train.Rows, "row"), thousands(m.Totals.Train.Tokens), thousands(m.Totals.Train.TrainedTokens),
		thousands(m.Totals.Validation.Rows), counted(len(m.Shards), "shard"), cfg.Out)
	if res.Reused {
		t.print("It was there already, from the same recipe and inputs: nothing was written.\n")
	}
	return nil
}
