package main

import (
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/mix"
)

// printRetention tells what windows of the usual sizes would hold of each source,
// in records and trained tokens.
func printRetention(t *face.Terminal, m *mix.Manifest) error {
	header := []string{"within reach", "longest"}
	for _, window := range mix.RetentionWindows {
		header = append(header, fmt.Sprintf("%dk", window>>10))
	}
	tab := face.NewTable(header...).Numbers(1, 2, 3, 4, 5, 6).Gives(0).Leaves(1)
	told := false
	for _, s := range m.Sources {
		if r := s.Retention; r != nil {
			told = true
			row := []string{s.Name, face.Thousands(r.Longest)}
			for _, held := range r.Windows {
				row = append(row, retained(held, r.All))
			}
			tab.Row(row...)
		}
	}
	if !told { // an older program wrote the manifest
		return nil
	}
	t.Print("Retention: percent of records / of trained tokens that a window holds\n")
	if err := tab.Write(t.Out); err != nil {
		return err
	}
	t.Print("\n")
	return nil
}

// retained is the part of all that a window holds.
func retained(held, all mix.Held) string {
	percent := func(part, whole int64) string { return strings.TrimSuffix(face.Percent(part, whole), " %") }
	return percent(held.Records, all.Records) + " / " + percent(held.TrainedTokens, all.TrainedTokens)
}

// printFitted tells what was made to fit into the window, and what it cost.
func printFitted(t *face.Terminal, m *mix.Manifest) {
	for _, s := range m.Sources {
		if s.Retention == nil || s.Retention.Fitted == nil {
			continue
		}
		f := s.Retention.Fitted
		t.Print("over the window, %s: %s of %s made to fit, in %s: %s tokens (%s trained) became %s (%s)\n", m.OverWindow,
			face.Counted(f.Was.Records, "record"), s.Name, face.Counted(f.Rows, "row"),
			face.Thousands(f.Was.Tokens), face.Thousands(f.Was.TrainedTokens), face.Thousands(f.Is.Tokens), face.Thousands(f.Is.TrainedTokens))
	}
}

// printPacking tells how full packed windows are.
func printPacking(t *face.Terminal, m *mix.Manifest) {
	if side := m.Totals.Train; m.Packing != "" {
		t.Print("packing %s: %s in %s to train on, utilisation %.4f\n", m.Packing,
			face.Counted(side.Sequences, "sequence"), face.Counted(side.Rows, "row"), side.Utilisation)
	}
}
