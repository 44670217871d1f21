package report

import (
	"fmt"

	"trainyard/mix"
)

// parts are the sources, then the whole where there is more than one.
func (d *Dataset) parts() (list []*Part) {
	for i := range d.Sources {
		list = append(list, &d.Sources[i])
	}
	return append(list, &d.Whole)
}

// sections are the page of one dataset; prefix makes their ids its own.
func (d *Dataset) sections(prefix string) []Section {
	list := []Section{
		d.datasetSection(), d.mixSection(), d.funnelSection(), d.principlesSection(), d.activitySection(), d.lengthSection(),
		d.teacherSection(), d.repeatSection(), d.editSection(), d.exampleSection(), d.originSection(),
	}
	for i := range list {
		list[i].ID = prefix + list[i].ID
	}
	return list
}

// datasetSection is the paper's table of datasets.
func (d *Dataset) datasetSection() Section {
	t := Table{
		Caption: "The dataset beside published ones",
		Header:  []string{"source", "trajectories", "repositories", "instances", "messages", "steps", "tokens", "trained tokens", "images", "set-up, cents"},
		Note:    "Messages and steps are means of the rows; a step is a message of the assistant. The paper's “agent steps” are means of messages. Images and the cost of setting up one instance are what the recipe says of its sources.",
	}
	for _, p := range d.parts() {
		t.Rows = append(t.Rows, partRow(p, &d.Whole, datasetCells(p)...))
	}
	for _, p := range publishedDatasets {
		cents := unknownCell
		if p.cents >= 0 {
			cents = decimalCell(p.cents, 2)
		}
		t.Rows = append(t.Rows, Row{Name: p.name, Kind: "paper", Cells: []Cell{
			countCell(p.trajectories), countCell(p.repos), textCell("–"), decimalCell(p.messages, 1),
			textCell("–"), textCell("–"), textCell("–"), countCell(p.images), cents,
		}})
	}
	return Section{ID: "dataset", Title: "Dataset", Tables: []Table{t}}
}

func datasetCells(p *Part) []Cell {
	cells := []Cell{countCell(p.Trajectories)}
	if c := p.Content; c != nil {
		cells = append(cells, countCell(c.Repositories), countCell(c.Instances), c.Messages.meanCell(), c.Steps.meanCell(),
			countCell(p.InShards.Tokens), countCell(p.InShards.Trained))
	} else {
		cells = append(cells, notCountedCell, notCountedCell, notCountedCell, notCountedCell, countCell(p.InShards.Tokens), countCell(p.InShards.Trained))
	}
	return append(cells, setupCells(p)...)
}

func setupCells(p *Part) []Cell {
	images, cents := unknownCell, unknownCell
	if p.Images > 0 {
		images = countCell(int64(p.Images))
	}
	if p.SetupCost != nil {
		cents = decimalCell(*p.SetupCost, 2)
	}
	return []Cell{images, cents}
}

// mixSection tells what was asked of each source, what it had and what was got.
func (d *Dataset) mixSection() Section {
	m := d.Manifest
	s := Section{ID: "mix", Title: "Mix", Lead: []string{mixWords(m)}}
	for _, r := range m.Remarks {
		s.Lead = append(s.Lead, r.Kind+": "+r.Text)
	}
	t := Table{
		Caption: "Asked, had and got, train side",
		Header:  []string{"source", "asked, " + string(m.Unit), "had", "had, tokens", "had, trained", "got", "got, tokens", "got, trained", "of the tokens", "validation", "validation, tokens"},
	}
	all := m.Whole()
	for i := range m.Mix {
		t.Rows = append(t.Rows, Row{Name: m.Mix[i].Source, Cells: mixCells(&m.Mix[i], &all)})
	}
	t.Rows = append(t.Rows, Row{Name: d.Whole.Name, Kind: "whole", Cells: mixCells(&all, &all)})
	s.Tables = append(s.Tables, t, d.sideTable())
	return s
}

func mixWords(m *mix.Manifest) string {
	budget := "no budget"
	switch {
	case m.Budget > 0:
		budget = "a budget of " + number(m.Budget) + " " + string(m.Unit)
	case m.Amounts.Percent > 0:
		budget = "a budget of " + percentCell(m.Amounts.Percent).Text + " of all there is"
	}
	words := fmt.Sprintf("Sampler %s by %s, %s, seed %d. Rows are of at most %s tokens under the template %s; tools are written as %s. %s",
		m.Sampler, m.Unit, budget, m.Seed, number(int64(m.Window)), m.Template, m.Tools, rowWords(m))
	if m.Packing != "" {
		words += fmt.Sprintf(" Windows are filled by %s: those to train on are full to %s, and the rest is padding.", m.Packing, percentCell(100*m.Totals.Train.Utilisation).Text)
	}
	if m.OverWindow != "" {
		words += " What is longer than the window is made to fit: " + m.OverWindow + "."
	}
	if v := m.Validation; v.Asked > 0 {
		words += fmt.Sprintf(" Of what could be used, %s was to be set aside in whole groups (a repository, an instance, a text), and %s of %s were.",
			percentCell(100*v.Asked).Text, number(int64(v.Held)), counted(int64(v.Groups), "group", "groups"))
	}
	return words
}

func mixCells(l, all *mix.MixLine) []Cell {
	return []Cell{
		countCell(l.Asked), countCell(l.Had.Records), countCell(l.Had.Tokens), countCell(l.Had.Trained), countCell(l.Got.Records), countCell(l.Got.Tokens), countCell(l.Got.Trained),
		shareCell(l.Got.Tokens, all.Got.Tokens), countCell(l.Validation.Records), countCell(l.Validation.Tokens),
	}
}

// sideTable compares the two sides of the dataset.
func (d *Dataset) sideTable() Table {
	t := Table{Caption: "The two sides", Header: []string{"side", "rows", "tokens", "trained tokens", "tokens of a row, mean", "median", "longest", "steps", "repositories"}}
	for _, side := range []struct {
		name string
		mix.Side
	}{{"train", d.Manifest.Totals.Train}, {"validation", d.Manifest.Totals.Validation}} {
		t.Rows = append(t.Rows, Row{Name: side.name, Cells: []Cell{
			countCell(side.Rows), countCell(side.Tokens), countCell(side.TrainedTokens),
			meanCell(side.Side), quantileCell(side.Side, 10), quantileCell(side.Side, 20), countCell(side.Steps), countCell(int64(side.Repos)),
		}})
	}
	return t
}

// meanCell is the mean length of a side's rows.
func meanCell(s mix.Side) Cell { return perCell(float64(s.Tokens), s.Rows, 1) }

// quantileCell is a length that so many twentieths of a side's rows do not pass.
// Older manifests tell none.
func quantileCell(s mix.Side, twentieths int) Cell {
	switch {
	case s.Rows == 0:
		return textCell("–")
	case s.Lengths == mix.Lengths{}:
		return unknownCell
	}
	return countCell(s.Lengths.Quantiles[twentieths])
}
