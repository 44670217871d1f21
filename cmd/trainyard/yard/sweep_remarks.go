package yard

import (
	"fmt"
	"slices"
	"strings"

	"trainyard/mix"
)

// An AlikeData is two datasets of a sweep that nothing tells apart: as many rows, tokens
// and trained tokens of each source, on both sides. That is seldom meant.
type AlikeData struct {
	First  string `json:"first"`  // a cell of the one
	Second string `json:"second"` // and of the other
	Rows   int64  `json:"rows"`
}

// sizes is one text for datasets that are alike.
func sizes(m *mix.Manifest) string {
	var b strings.Builder
	for _, side := range []any{m.Totals.Train, m.Totals.Validation} {
		fmt.Fprintf(&b, "%+v\n", side)
	}
	for _, line := range m.Mix {
		if line.Got.Records > 0 || line.Validation.Records > 0 {
			fmt.Fprintf(&b, "%s %+v %+v\n", line.Source, line.Got, line.Validation)
		}
	}
	return b.String()
}

// findAlike names the datasets of different recipes that come out alike, each with the
// first of those before it.
func (p *SweepPlan) findAlike() {
	first, seen := map[string]string{}, map[string]bool{}
	for _, c := range p.Cells {
		if c.manifest == nil || seen[c.data] {
			continue
		}
		seen[c.data] = true
		key := sizes(c.manifest)
		if name, known := first[key]; known {
			p.Alike = append(p.Alike, AlikeData{First: name, Second: c.Group, Rows: c.Rows})
		} else {
			first[key] = c.Group
		}
	}
}

// remarksOf are what a person ought to know of a dataset, in words.
func remarksOf(m *mix.Manifest) (all []string) {
	for _, r := range m.Remarks {
		if words := r.String(); !slices.Contains(all, words) {
			all = append(all, words)
		}
	}
	return all
}
