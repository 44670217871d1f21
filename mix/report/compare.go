package report

import (
	"fmt"

	"trainyard/format/behaviour"
	"trainyard/mix"
)

// compareSection puts the whole of several datasets side by side.
func compareSection(data *Data) Section {
	s := Section{ID: "compare", Title: "Side by side"}
	for _, group := range []struct {
		caption string
		facts   []fact
	}{{"What they hold", held}, {"What the agents do", done}, {"Where the records went", went}} {
		t := Table{Caption: group.caption, Header: []string{""}}
		for i := range data.Datasets {
			t.Header = append(t.Header, data.label(i))
		}
		for _, f := range group.facts {
			row := Row{Name: f.name}
			for i := range data.Datasets {
				row.Cells = append(row.Cells, f.of(&data.Datasets[i]))
			}
			t.Rows = append(t.Rows, row)
		}
		s.Tables = append(s.Tables, t)
	}
	s.Tables = append(s.Tables, compareRetention(data))
	return s
}

// label tells datasets of one name apart by their numbers.
func (data *Data) label(i int) string {
	name := data.Datasets[i].Name
	for k := range data.Datasets {
		if k != i && data.Datasets[k].Name == name {
			return fmt.Sprintf("%s (%d)", name, i+1)
		}
	}
	return name
}

// A fact is one line of a comparison.
type fact struct {
	name string
	of   func(*Dataset) Cell
}

var held = []fact{
	{"trajectories", func(d *Dataset) Cell { return countCell(d.Whole.Trajectories) }},
	{"of them to train on", func(d *Dataset) Cell { return countCell(d.Whole.Train) }},
	{"of them for validation", func(d *Dataset) Cell { return countCell(d.Whole.Validation) }},
	{"sources", func(d *Dataset) Cell { return countCell(int64(len(d.Sources))) }},
	{"repositories", ofContent(func(c *Content) Cell { return countCell(c.Repositories) })},
	{"instances", ofContent(func(c *Content) Cell { return countCell(c.Instances) })},
	{"rows", ofSides(func(s *mix.Side) int64 { return s.Rows })},
	{"tokens", ofSides(func(s *mix.Side) int64 { return s.Tokens })},
	{"trained tokens", ofSides(func(s *mix.Side) int64 { return s.TrainedTokens })},
	{"tokens of a row to train on, mean", func(d *Dataset) Cell { return meanCell(d.Manifest.Totals.Train) }},
	{"tokens of a row to train on, median", func(d *Dataset) Cell { return quantileCell(d.Manifest.Totals.Train, 10) }},
	{"steps, mean", ofContent(func(c *Content) Cell { return c.Steps.meanCell() })},
	{"messages, mean", ofContent(func(c *Content) Cell { return c.Messages.meanCell() })},
	{"images", func(d *Dataset) Cell { return setupCells(&d.Whole)[0] }},
	{"set-up, cents", func(d *Dataset) Cell { return setupCells(&d.Whole)[1] }},
	{"window, tokens", func(d *Dataset) Cell { return countCell(int64(d.Manifest.Window)) }},
	{"template", func(d *Dataset) Cell { return textCell(d.Manifest.Template) }},
	{"sampler", func(d *Dataset) Cell { return textCell(d.Manifest.Sampler) }},
	{"seed", func(d *Dataset) Cell { return countCell(d.Manifest.Seed) }},
}

// ofSides sums both sides, as the manifest counts what the shards hold.
func ofSides(of func(*mix.Side) int64) func(*Dataset) Cell {
	return func(d *Dataset) Cell {
		t := &d.Manifest.Totals
		return countCell(of(&t.Train) + of(&t.Validation))
	}
}

func ofContent(of func(*Content) Cell) func(*Dataset) Cell {
	return func(d *Dataset) Cell {
		if d.Whole.Content == nil {
			return notCountedCell
		}
		return of(d.Whole.Content)
	}
}

// done are the shares of activities, of habits, and the verdicts.
var done = doneFacts()

func doneFacts() (list []fact) {
	ofTally := func(of func(*behaviour.Tally) Cell) func(*Dataset) Cell {
		return func(d *Dataset) Cell {
			if t := d.Whole.counts(); t != nil {
				return of(t)
			}
			return notCountedCell
		}
	}
	for _, activity := range activityOrder {
		list = append(list, fact{string(activity) + ", % of steps", ofTally(func(t *behaviour.Tally) Cell { return shareCell(t.Activities[activity], t.Steps) })})
	}
	for _, habit := range habits {
		list = append(list, fact{habit.name + ", % of trajectories", ofTally(func(t *behaviour.Tally) Cell { return shareCell(habit.of(t), t.Trajectories) })})
	}
	for i, p := range principles {
		list = append(list, fact{fmt.Sprintf("principle %d: %s", i+1, p.title), func(d *Dataset) Cell {
			v := d.Whole.Principles[i]
			return Cell{Text: string(v.Result), Mark: v.Result}
		}})
	}
	return list
}

// went are the outcomes of records.
var went = wentFacts()

func wentFacts() (list []fact) {
	list = append(list, fact{"read", func(d *Dataset) Cell { return countCell(d.Whole.Funnel.Read.Records) }})
	for _, outcome := range mix.Outcomes {
		list = append(list, fact{string(outcome), func(d *Dataset) Cell { return countCell(d.Whole.Outcomes[outcome].Records) }})
	}
	return list
}

// compareRetention shows the windows that all datasets are told for.
func compareRetention(data *Data) Table {
	t := Table{Caption: "Records within reach that a window holds, %", Header: []string{"window"}}
	for i := range data.Datasets {
		t.Header = append(t.Header, data.label(i))
	}
	for _, window := range mix.RetentionWindows {
		row := Row{Name: windowName(window)}
		for i := range data.Datasets {
			for _, r := range data.Datasets[i].Whole.Retention {
				if r.Window == window {
					row.Cells = append(row.Cells, shareCell(r.Records, r.Of))
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
