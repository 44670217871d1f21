package main

import (
	"slices"

	"trainyard/cmd/trainyard/face"
	"trainyard/mix"
)

func printFunnel(t *face.Terminal, m *mix.Manifest) error {
	t.Print("Funnel, records (tokens)\n")
	last := funnelOf(m, face.About)
	last.lastOnly = true
	return funnelOf(m, face.Thousands[int64]).table().Else(funnelOf(m, face.About).table().Else(last.table())).Write(t.Out)
}

// A funnelView is one way to write a funnel.
type funnelView struct {
	m           *mix.Manifest
	tokens      func(int64) string
	keep, clean bool // stages that the recipe asks for
	lastOnly    bool // the last stage alone tells its tokens
}

// funnelOf shows what a filter wants where some source has one, and what is in no
// benchmark where the recipe names one.
func funnelOf(m *mix.Manifest, tokens func(int64) string) *funnelView {
	keep := slices.ContainsFunc(m.Sources, func(s mix.SourceReport) bool { return s.Keep != "" })
	return &funnelView{m: m, tokens: tokens, keep: keep, clean: m.Contamination != nil}
}

// table has a row for each source, and one for all of them.
func (v *funnelView) table() *face.Table {
	header := []string{"source", "read", "parsed"}
	for _, s := range v.stages(&mix.Funnel{}, true) {
		header = append(header, s.name)
	}
	tab := face.NewTable(header...).Numbers(1, 2, 3, 4, 5, 6, 7, 8).Gives(0).Leaves(2)
	uncounted := false
	for i := range v.m.Sources {
		s := &v.m.Sources[i]
		uncounted = uncounted || leftUncounted(s)
		tab.Row(v.row(s.Name, &s.Funnel, !leftUncounted(s))...)
	}
	tab.Row(v.row("total", &v.m.Totals.Funnel, !uncounted)...)
	return tab
}

// leftUncounted says that keep left records of a source out before they were
// tokenised. One that goes by tokens has all of them counted.
func leftUncounted(s *mix.SourceReport) bool {
	left := s.Outcomes[mix.Filtered]
	return left.Records > 0 && left.Tokens == 0
}

// A stage is one that tells tokens, unless they are known of a part alone.
type stage struct {
	name string
	mix.Count
	known bool
}

// stages are those behind parsed. Records that were not accepted are never
// tokenised, so that tokens begin with the accepted ones, if they are counted.
func (v *funnelView) stages(f *mix.Funnel, accepted bool) []stage {
	within := "within window"
	if v.lastOnly {
		within = "in window"
	}
	list := []stage{{"accepted", f.Accepted, accepted}}
	if v.keep {
		list = append(list, stage{"wanted", f.Wanted, true})
	}
	if v.clean {
		list = append(list, stage{"clean", f.Clean, true})
	}
	list = append(list, stage{"unique", f.Unique, true}, stage{within, f.WithinWindow, true}, stage{"sampled", f.Sampled, true})
	for i := range list[:len(list)-1] {
		list[i].known = list[i].known && !v.lastOnly
	}
	return list
}

// row writes 12 (34,567).
func (v *funnelView) row(name string, f *mix.Funnel, accepted bool) []string {
	row := []string{name, face.Thousands(f.Read.Records), face.Thousands(f.Parsed.Records)}
	for _, s := range v.stages(f, accepted) {
		cell := face.Thousands(s.Records)
		if s.known {
			cell += " (" + v.tokens(s.Tokens) + ")"
		}
		row = append(row, cell)
	}
	return row
}
