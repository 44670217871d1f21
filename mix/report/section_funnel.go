package report

import (
	"fmt"

	"trainyard/mix"
)

// funnelSection tells what became of every record, with every reason.
func (d *Dataset) funnelSection() Section {
	stages := Table{
		Caption: "Records that passed each stage",
		Header:  []string{"source", "read", "parsed", "accepted", "wanted", "clean", "unique", "within window", "sampled"},
		Note:    "Records are parsed, then accepted by evidence of success, wanted by the source's keep, clean of benchmarks, unique, within the window, and at last sampled.",
	}
	for _, p := range d.parts() {
		f := &p.Funnel
		var cells []Cell
		for _, c := range []mix.Count{f.Read, f.Parsed, f.Accepted, f.Wanted, f.Clean, f.Unique, f.WithinWindow, f.Sampled} {
			cells = append(cells, countCell(c.Records))
		}
		stages.Rows = append(stages.Rows, partRow(p, &d.Whole, cells...))
	}
	ends := d.countsTable("Records by outcome", "outcome", func(p *Part) map[string]int64 {
		counts := map[string]int64{}
		for outcome, c := range p.Outcomes {
			counts[string(outcome)] = c.Records
		}
		return counts
	})
	reasons := d.countsTable("Why records are in no shard", "reason", func(p *Part) map[string]int64 { return p.Reasons })
	s := Section{ID: "funnel", Title: "Funnel", Tables: []Table{stages, ends, reasons}}
	for _, source := range d.Manifest.Sources {
		if source.Keep != "" {
			s.Lead = append(s.Lead, fmt.Sprintf("%s keeps: %s", source.Name, clean(source.Keep)))
		}
	}
	if firsts := d.firstTable(); len(firsts.Rows) > 0 {
		s.Tables = append(s.Tables, firsts)
	}
	return s
}

// countsTable has a line for each name that is counted and a column for each part.
func (d *Dataset) countsTable(caption, what string, of func(*Part) map[string]int64) Table {
	parts := d.parts()
	t := Table{Caption: caption, Header: []string{what}}
	all := map[string]int64{}
	for _, p := range parts {
		t.Header = append(t.Header, p.Name)
		for name, n := range of(p) {
			all[name] += n
		}
	}
	for _, name := range sortedByCount(all) {
		row := Row{Name: clean(name)}
		for _, p := range parts {
			row.Cells = append(row.Cells, countCell(of(p)[name]))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// firstTable tells the first record of each reason that has more to say.
func (d *Dataset) firstTable() Table {
	t := Table{Caption: "The first record of each reason", Header: []string{"reason", "source", "record"}}
	for _, s := range d.Manifest.Sources {
		for _, reason := range sortedByCount(s.Reasons) {
			if first := s.Examples[reason]; first != "" {
				text, _ := withoutSecrets(first)
				t.Rows = append(t.Rows, Row{Name: reason, Cells: []Cell{textCell(s.Name), textCell(text)}})
			}
		}
	}
	return t
}
