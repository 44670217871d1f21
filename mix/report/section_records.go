package report

import (
	"fmt"
	"strings"

	"trainyard/format"
	"trainyard/mix"
)

// repeatSection tells of duplicates and contamination, as outcomes count them.
func (d *Dataset) repeatSection() Section {
	repeats := d.countsTable("Duplicates left out", "kind", func(p *Part) map[string]int64 { return reasonsOf(p, mix.Duplicate) })
	s := Section{ID: "duplicates", Title: "Duplicates and contamination"}
	if len(repeats.Rows) == 0 {
		s.Lead = append(s.Lead, "No duplicate was found.")
	} else {
		s.Tables = append(s.Tables, repeats)
	}
	c := d.Manifest.Contamination
	if c == nil {
		s.Lead = append(s.Lead, "Contamination was not looked for: the recipe names no benchmark (decontaminate).")
		return s
	}
	s.Lead = append(s.Lead, fmt.Sprintf("Contamination was looked for by %s in benchmark files of %s in %s.",
		strings.Join(c.By, ", "), counted(int64(c.Instances), "instance", "instances"), counted(int64(c.Repos), "repository", "repositories")))
	found := Table{Caption: "Records that have something of a benchmark", Header: []string{"rule", "records"}, Note: "A record is under every rule that it meets."}
	for _, rule := range c.By {
		found.Rows = append(found.Rows, Row{Name: rule, Cells: []Cell{countCell(c.Found[rule])}})
	}
	s.Tables = append(s.Tables, found)
	if left := d.countsTable("Records left out for it, by the first rule", "rule", func(p *Part) map[string]int64 { return reasonsOf(p, mix.Contaminated) }); len(left.Rows) > 0 {
		s.Tables = append(s.Tables, left)
	}
	return s
}

// reasonsOf are the reasons of one outcome, without its name.
func reasonsOf(p *Part, o mix.Outcome) map[string]int64 {
	counts := map[string]int64{}
	for reason, n := range p.Reasons {
		outcome, why, _ := strings.Cut(reason, ": ")
		if outcome == string(o) {
			counts[why] += n
		}
	}
	return counts
}

// editSection tells what was changed in the accepted records, and what is worth
// knowing of them.
func (d *Dataset) editSection() Section {
	s := Section{ID: "edits", Title: "Edits, notes and flags"}
	add := func(t Table, note string) {
		if t.Note = note; len(t.Rows) > 0 {
			s.Tables = append(s.Tables, t)
		}
	}
	add(d.countsTable("Edits made", "edit", func(p *Part) map[string]int64 { return edited(p) }), "Times that each edit changed something in the accepted records, by the recipe and by rendering; 0 is an edit that found nothing.")
	add(d.countsTable("Notes", "note", func(p *Part) map[string]int64 { return told(p) }), "What is worth knowing of the accepted records.")
	add(d.countsTable("Flags", "flag", func(p *Part) map[string]int64 { return p.Flags }), "Trajectories that raise each flag; duplicate and over_length are records in no shard.")
	add(d.countsTable("Warnings", "kind", func(p *Part) map[string]int64 { return p.Warnings }), "")
	if len(s.Tables) == 0 {
		s.Lead = append(s.Lead, "Nothing was edited, and nothing noted.")
	}
	if len(d.Whole.Flags) == 0 {
		s.Lead = append(s.Lead, "No flag is counted here; report.flags: true in a recipe has them counted.")
	}
	return s
}

// edited and told are the two kinds of notes.
func edited(p *Part) map[string]int64 {
	counts, _ := format.SplitNotes(p.Notes)
	return counts
}

func told(p *Part) map[string]int64 {
	_, counts := format.SplitNotes(p.Notes)
	return counts
}

// exampleSection shows conversations.
func (d *Dataset) exampleSection() Section {
	s := Section{ID: "examples", Title: "Examples", Examples: d.Examples}
	if len(d.Examples) == 0 {
		s.Lead = []string{"Rows of tokens hold no text to show (trainyard inspect DATASET --row 1 decodes one)."}
		return s
	}
	s.Lead = []string{fmt.Sprintf("Up to %d rows of each source, drawn by the seed. Shapes of credentials are blotted out; of long messages and conversations the middle is left out and counted.", shownRows)}
	return s
}
