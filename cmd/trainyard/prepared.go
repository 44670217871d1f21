package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/mix"
	"trainyard/tokenize/chat"
)

// printPrepared tells what a prepare did: the funnel, why records ended early,
// the mix, and the files.
func printPrepared(t *face.Terminal, done *yard.Prepared) error {
	m := done.Manifest
	if err := printFunnel(t, m); err != nil {
		return err
	}
	printReasons(t, m)
	printContamination(t, done)
	for _, hint := range evidenceHints(done) {
		t.Say("%s", hint)
	}
	if err := printMix(t, m); err != nil {
		return err
	}
	printFiles(t, done)
	return nil
}

// printReasons lists why records ended before the shards, and what was changed
// in the accepted ones and is worth knowing of them.
func printReasons(t *face.Terminal, m *mix.Manifest) {
	for _, s := range m.Sources {
		printCounts(t, s.Name+" left out", s.Reasons)
		printExamples(t, s.Examples)
		if s.Keep != "" {
			t.Print("  %s keeps: %s\n", s.Name, s.Keep)
		}
	}
	for _, s := range m.Sources {
		edited, told := format.SplitNotes(s.Notes)
		printCounts(t, s.Name+" edited", edited)
		printCounts(t, s.Name+" told", told)
		for _, line := range s.Unmatched {
			t.Print("    %s\n", line)
		}
		printFlags(t, &s)
		printCounts(t, s.Name+" warned of", s.Warnings)
		for _, kind := range slices.Sorted(maps.Keys(s.Warnings)) {
			t.Print("    %s: %s\n", kind, chat.WarningKinds[kind])
		}
	}
}

// printContamination tells what was looked for of the benchmarks, and in a dry
// run every record that has it: outcomes.jsonl does so of a dataset.
func printContamination(t *face.Terminal, done *yard.Prepared) {
	c := done.Manifest.Contamination
	if c == nil {
		return
	}
	t.Print("  contamination by %s, of %s in %s: %s\n", strings.Join(c.By, ", "), face.Plural(c.Instances, "instance", "instances"),
		face.Plural(c.Repos, "repository", "repositories"), cmp.Or(strings.Join(countWords(c.Found), "; "), "none"))
	if n := c.TemplateGrams; n > 0 {
		t.Print("    %s of thirteen words stand in several statements or repositories, and prove nothing alone\n", face.Plural(n, "run", "runs"))
	}
	if u := c.Untold; u.Statements+u.Patches > 0 {
		t.Print("    without enough to look for: %s and %s\n", face.Plural(u.Statements, "statement", "statements"), face.Plural(u.Patches, "patch", "patches"))
	}
	for _, e := range done.Contaminated {
		t.Print("    %s:%d %s: %s: %s\n", e.File, e.Line, e.ID, e.Reason, e.Detail)
	}
}

// printFlags tells the share of a source's trajectories in shards that raise each
// flag.
func printFlags(t *face.Terminal, s *mix.SourceReport) {
	chosen := s.Funnel.Sampled.Records
	var parts []string
	for _, flag := range slices.Sorted(maps.Keys(s.Flags)) {
		text := face.Thousands(s.Flags[flag]) + " " + flag
		if flag != behaviour.FlagDuplicate && flag != behaviour.FlagOverLength { // those are in no shard
			text += " (" + face.Percent(s.Flags[flag], chosen) + ")"
		}
		parts = append(parts, text)
	}
	if len(parts) > 0 {
		t.Print("  %s flagged, of %s: %s\n", s.Name, face.Plural(chosen, "trajectory", "trajectories"), strings.Join(parts, "; "))
	}
}

func printCounts(t *face.Terminal, title string, counts map[string]int64) {
	if len(counts) > 0 {
		t.Print("  %s: %s\n", title, strings.Join(countWords(counts), "; "))
	}
}

// counted counts names that stand once for each time.
func counted(names []string) map[string]int64 {
	counts := map[string]int64{}
	for _, n := range names {
		counts[n]++
	}
	return counts
}

// countWords writes counts as "12 name", in the order of the names.
func countWords(counts map[string]int64) (parts []string) {
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, face.Thousands(counts[k])+" "+k)
	}
	return parts
}

// printExamples tells the first record of each reason.
func printExamples(t *face.Terminal, examples map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(examples)) {
		t.Print("    %s, first: %s\n", key, examples[key])
	}
}

// printRemarks tells where the dataset is not what was asked.
func printRemarks(t *face.Terminal, m *mix.Manifest) {
	for _, r := range m.Remarks {
		t.Print("%s %s\n", t.Paint(face.Wary, r.Kind+":"), r.Text)
	}
}

func printFiles(t *face.Terminal, done *yard.Prepared) {
	m := done.Manifest
	if done.DryRun {
		t.Print("\nDry run: nothing was written. It would go to %s\n", done.Out)
		return
	}
	t.Print("\n%s to train on, %s tokens (%s trained), and %s for validation, in %s:\n%s\n",
		face.Counted(m.Totals.Train.Rows, "row"), face.Thousands(m.Totals.Train.Tokens), face.Thousands(m.Totals.Train.TrainedTokens),
		face.Thousands(m.Totals.Validation.Rows), face.Counted(len(m.Shards), "shard"), done.Out)
	if done.Reused {
		t.Print("It was there already, from the same recipe and inputs: nothing was written.\n")
	}
	sayCache(t, done.Cache)
}

// sayCache tells what the cache spared, and what is wrong with it.
func sayCache(t *face.Terminal, c *yard.Cached) {
	switch {
	case c == nil:
		return
	case c.Fault != "":
		room := ""
		if c.Full {
			room = "trainyard cache prune --to SIZE makes room; "
		}
		t.Say("the cache was not added to: %s\nhint: %s--cache DIR chooses another place, --cache off none", c.Fault, room)
	case c.FromCache > 0:
		t.Say("%s of %s of input were in the cache", face.Bytes(c.FromCache), face.Bytes(c.FromCache+c.Read))
	}
	if c.Pruned.Entries > 0 {
		t.Say("the cache is limited to %s: %s that had not been used for longest went (%s)", face.Bytes(c.Limit), face.Plural(c.Pruned.Entries, "entry", "entries"), face.Bytes(c.Pruned.Bytes))
	}
}
