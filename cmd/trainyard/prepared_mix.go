package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/mix"
)

// printMix shows the mix as a tree: the whole, then each source's part.
func printMix(t *face.Terminal, m *mix.Manifest) error {
	whole := m.Whole()
	t.Print("\nMix, sampler %s by %s, seed %d, window %s\n", m.Sampler, m.Unit, m.Seed, face.Thousands(m.Window))
	if err := mixTable(m, whole, face.Thousands[int64]).Else(mixTable(m, whole, face.About)).Write(t.Out); err != nil {
		return err
	}
	printFitted(t, m)
	printPacking(t, m)
	printMatches(t, m)
	printValidation(t, m)
	printRemarks(t, m)
	return nil
}

// mixTable has a row for the whole and one for each source; number says how
// large numbers are written. Where trajectories are what is asked for, they are
// what is got, and have no column of their own.
func mixTable(m *mix.Manifest, whole mix.MixLine, number func(int64) string) *face.Table {
	header := []string{"", "asked", "had", "got", "of the mix", "tokens", "trained", "of trained"}
	leaves := []int{7, 2}
	if m.Unit != mix.Trajectories {
		header, leaves = slices.Insert(header, 5, "trajectories"), []int{8, 5, 2}
	}
	tab := face.NewTable(header...).Numbers(1, 2, 3, 4, 5, 6, 7, 8).Gives(0).Leaves(leaves...)
	tab.Row(mixRow("train", whole, whole, m.Unit, number)...)
	for i, line := range m.Mix {
		branch := "├─ "
		if i == len(m.Mix)-1 {
			branch = "└─ "
		}
		tab.Row(mixRow(branch+line.Source, line, whole, m.Unit, number)...)
	}
	return tab
}

// printValidation tells what was set aside of what the sampler could use, and
// what of it became the other side.
func printValidation(t *face.Terminal, m *mix.Manifest) {
	v, held := m.Validation, m.Totals.Validation
	if v.Asked == 0 {
		return
	}
	aside, could := m.Unit.Of(v.SetAside), m.Unit.Of(v.Could)
	t.Print("validation: %s, %s tokens, of %s; %s of %s set aside: %s of what could be used, %.1f %% asked\n",
		face.Counted(held.Rows, "row"), face.Thousands(held.Tokens), face.Plural(len(v.Repos), "repository", "repositories"),
		face.Thousands(v.Held), face.Counted(v.Groups, "group"), face.Percent(aside, could), 100*v.Asked)
}

// printMatches tells how near each matched source came to what it is matched to.
func printMatches(t *face.Terminal, m *mix.Manifest) {
	for _, line := range m.Mix {
		if line.Match == nil {
			continue
		}
		var parts []string
		for _, feature := range slices.Sorted(maps.Keys(line.Match.Differences)) {
			parts = append(parts, fmt.Sprintf("%s %+.2f", feature, line.Match.Differences[feature]))
		}
		for _, group := range slices.Sorted(maps.Keys(line.Match.Groups)) {
			parts = append(parts, fmt.Sprintf("%.1f %% in the same %s", 100*line.Match.Groups[group], group))
		}
		t.Print("%s is matched to the %s of %s, %s tokens against %s; means off by, in standard deviations: %s\n", line.Source,
			face.Plural(line.Match.Arm.Records, "trajectory", "trajectories"), line.Match.With, face.Thousands(line.Got.Tokens), face.Thousands(line.Match.Arm.Tokens), strings.Join(parts, ", "))
	}
}

func mixRow(name string, line, whole mix.MixLine, unit mix.Unit, number func(int64) string) []string {
	got := unit.Of(line.Got)
	row := []string{
		name, number(line.Asked), number(unit.Of(line.Had)), number(got), face.Percent(got, unit.Of(whole.Got)),
		number(line.Got.Tokens), number(line.Got.Trained), face.Percent(line.Got.Trained, whole.Got.Trained),
	}
	if unit != mix.Trajectories {
		row = slices.Insert(row, 5, number(line.Got.Records))
	}
	return row
}
