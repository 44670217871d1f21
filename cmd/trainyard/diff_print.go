package main

import (
	"cmp"
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/mix"
	"trainyard/recipes"
)

// printDiff tells what changed, from what was asked to what became of it.
func printDiff(t *face.Terminal, d *yard.Diff) error {
	printCompared(t, "A", &d.A)
	printCompared(t, "B", &d.B)
	t.Print("%s\n", sameness(d))
	for _, part := range []func(*face.Terminal, *yard.Diff) error{printKeys, printSources, printSourceChanges, printTotals} {
		if err := part(t, d); err != nil {
			return err
		}
	}
	for _, r := range d.Records {
		if err := printRecords(t, &r); err != nil {
			return err
		}
	}
	return nil
}

func printCompared(t *face.Terminal, letter string, c *yard.Compared) {
	what := "recipe " + c.Given
	if c.Dataset {
		what = "dataset " + c.Given + " of recipe " + c.Name
	}
	t.Print("%s  %s: run %.8s, data %.8s\n", letter, what, c.Fingerprint, c.Data)
}

// sameness says what two things have in common, by their fingerprints.
func sameness(d *yard.Diff) string {
	both := d.A.Dataset && d.B.Dataset
	switch {
	case d.SameRows:
		return "The shards hold the same bytes."
	case d.SameData && both:
		return "The same dataset was asked for; the shards hold other bytes, since inputs or the program differ."
	case d.SameRecipe:
		return "Both ask for the same dataset and the same training."
	case d.SameData:
		return "Both ask for the same dataset, and train otherwise on it."
	}
	return "They ask for different datasets."
}

// printKeys lists the keys that the recipes say differently.
func printKeys(t *face.Terminal, d *yard.Diff) error {
	if len(d.Keys) == 0 {
		t.Print("\nKeys: none differs\n")
		return nil
	}
	t.Print("\nKeys\n")
	tab := face.NewTable("key", "A", "B", "makes new", "said by A", "said by B").Gives(5, 4, 2, 1).Ends(4, 5).Leaves(5, 4)
	for _, k := range d.Keys {
		a, fromA := said(k.A)
		b, fromB := said(k.B)
		tab.Row(k.Key, a, b, makesNew(k.Identity), fromA, fromB)
	}
	return tab.Write(t.Out)
}

// said is a value with its origin; a dash where there is none.
func said(s *yard.Said) (value, origin string) {
	if s == nil {
		return "-", ""
	}
	return cmp.Or(s.Value, `""`), s.Origin.String()
}

func makesNew(id recipes.Identity) string {
	if id == recipes.OfNothing {
		return "nothing"
	}
	return string(id)
}

// printSources shows, for each source that fared otherwise, a line of each side.
func printSources(t *face.Terminal, d *yard.Diff) error {
	if len(d.Sources) == 0 {
		return nil
	}
	t.Print("\nSources\n")
	if !d.A.Dataset && !d.B.Dataset {
		for _, s := range d.Sources {
			t.Print("  %s: only in %s\n", s.Name, strings.ToUpper(s.Only))
		}
		return nil
	}
	tab := face.NewTable("source", "", "read", "accepted", "asked", "had", "got", "tokens", "trained", "validation").Numbers(2, 3, 4, 5, 6, 7, 8, 9).Gives(0).Leaves(3, 8, 2)
	for _, s := range d.Sources {
		tab.Row(sideRow(s.Name, "A", s.A, s.Only == "b")...)
		tab.Row(sideRow("", "B", s.B, s.Only == "a")...)
	}
	return tab.Write(t.Out)
}

func sideRow(name, letter string, side *yard.SourceSide, none bool) []string {
	switch {
	case none:
		return []string{name, letter, "none"}
	case side == nil:
		return []string{name, letter, "-"}
	}
	row := []string{name, letter}
	for _, n := range []int64{side.Read.Records, side.Accepted.Records, side.Asked, side.Had.Records, side.Got.Records, side.Got.Tokens, side.Got.Trained, side.Validation.Records} {
		row = append(row, face.Thousands(n))
	}
	return row
}

// printSourceChanges tells which files and which reasons differ, source by source.
func printSourceChanges(t *face.Terminal, d *yard.Diff) error {
	printInputs(t, "recipe", d.Inputs)
	for _, s := range d.Sources {
		printInputs(t, s.Name, s.Inputs)
	}
	for _, s := range d.Sources {
		for _, c := range s.Counts {
			t.Print("  %s: %s: %s, now %s\n", s.Name, c.Name, face.Thousands(c.A), face.Thousands(c.B))
		}
	}
	return nil
}

func printInputs(t *face.Terminal, of string, files []yard.FileChange) {
	for _, f := range files {
		t.Print("  %s: file %s: %s\n", of, f.Change, f.File)
	}
}

func printTotals(t *face.Terminal, d *yard.Diff) error {
	if len(d.Counts) == 0 {
		return nil
	}
	t.Print("\nTotals\n")
	tab := face.NewTable("", "A", "B", "B - A").Numbers(1, 2, 3)
	for _, c := range d.Counts {
		tab.Row(c.Name, face.Thousands(c.A), face.Thousands(c.B), face.Thousands(c.B-c.A))
	}
	return tab.Write(t.Out)
}

// printRecords lists the records of one kind, and what there are more of.
func printRecords(t *face.Terminal, r *yard.RecordChanges) error {
	if len(r.List) == 0 {
		t.Print("\nRecords %s (%s): none\n", r.Kind, yard.RecordKinds[r.Kind])
		return nil
	}
	t.Print("\nRecords %s (%s): %s, %s tokens\n", r.Kind, yard.RecordKinds[r.Kind], face.Counted(r.Count.Records, "record"), face.Thousands(r.Count.Tokens))
	for _, why := range r.Reasons {
		t.Print("  %s: %s, %s tokens\n", why.Why, face.Counted(why.Count.Records, "record"), face.Thousands(why.Count.Tokens))
	}
	tab := face.NewTable("id", "source", "place", "A", "B").Gives(2, 1).Ends(2).Leaves(2, 1)
	for _, c := range r.List {
		known := c.A
		if r.Kind == "in" || known == nil {
			known = c.B
		}
		tab.Row(known.ID, known.Source, fmt.Sprintf("%s:%d", known.File, known.Line), fateWords(c.A), fateWords(c.B))
	}
	if err := tab.Write(t.Out); err != nil {
		return err
	}
	if r.More > 0 {
		t.Print("… and %s more (--all lists them)\n", face.Thousands(r.More))
	}
	return nil
}

// fateWords is what became of a record, with its tokens where it is in a shard.
func fateWords(e *mix.Entry) string {
	switch {
	case e == nil:
		return yard.NotRead
	case e.Outcome == mix.Kept || e.Outcome == mix.Validation:
		return fmt.Sprintf("%s (%s)", e.Outcome, face.Counted(e.Tokens, "token"))
	}
	return e.Why()
}
