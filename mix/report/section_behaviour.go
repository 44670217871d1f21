package report

import (
	"fmt"
	"slices"

	"trainyard/format/behaviour"
)

// activitySection tells what the agents did, beside the paper's figures.
func (d *Dataset) activitySection() Section {
	s := Section{ID: "behaviour", Title: "What the agents do"}
	if d.Whole.counts() == nil {
		s.Lead = []string{"Not counted: rows of tokens hold no text."}
		return s
	}
	s.Lead = []string{"Steps are judged by rules, which look at the calls as the rows have them; the paper has a model judge. Closing, the last step of an agent, is apart here."}
	if d.rows() != d.Whole.Trajectories {
		s.Lead = append(s.Lead, "A trajectory that was split or is repeated counts here once for each of its rows.")
	}
	s.Charts = []Chart{activityChart(d.parts())}
	s.Tables = []Table{d.activityTable(), d.lookupTable(), d.callTable(), d.toolTable(), d.habitTable()}
	return s
}

// behaviourTable has a line for each part and one for each of the paper's tasks
// and benchmarks, and a column for each name.
func (d *Dataset) behaviourTable(caption string, names []string, ours func(*behaviour.Tally, int) Cell, paper func(*publishedTask, int) Cell) Table {
	t := Table{Caption: caption, Header: append([]string{"source"}, names...)}
	for _, p := range d.parts() {
		row := partRow(p, &d.Whole)
		for i := range names {
			cell := textCell("–")
			if counts := p.counts(); counts != nil {
				cell = ours(counts, i)
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	for k := range publishedTasks {
		row := Row{Name: publishedTasks[k].name, Kind: "paper"}
		for i := range names {
			row.Cells = append(row.Cells, paper(&publishedTasks[k], i))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (d *Dataset) activityTable() Table {
	return d.behaviourTable("Components of the actions, % of steps", activityNames(),
		func(t *behaviour.Tally, i int) Cell { return shareCell(t.Activities[activityOrder[i]], t.Steps) },
		func(task *publishedTask, i int) Cell {
			if activityOrder[i] == behaviour.Closing {
				return textCell("–")
			}
			return percentCell(task.activities[activityOrder[i]])
		})
}

func (d *Dataset) lookupTable() Table {
	t := d.behaviourTable("Exploration commands, % of the shell lines that explore", append(slices.Clone(lookupWords), "others"),
		func(t *behaviour.Tally, i int) Cell { return shareCell(lookups(t, i)) },
		func(task *publishedTask, i int) Cell {
			if i == len(lookupWords) {
				return textCell("–")
			}
			return percentCell(task.lookups[lookupWords[i]])
		})
	t.Note = "By the first word of a line, so that cd x && grep y counts for cd."
	return t
}

// lookups are the lines of one of lookupWords, or behind those of all others, and
// how many there are in all.
func lookups(t *behaviour.Tally, i int) (lines, total int64) {
	named := int64(0)
	for word, n := range t.Lookups {
		if total += n; slices.Contains(lookupWords, word) {
			named += n
		}
	}
	if i == len(lookupWords) {
		return total - named, total
	}
	return t.Lookups[lookupWords[i]], total
}

// callTable counts the three kinds of calls that the paper counts.
func (d *Dataset) callTable() Table {
	return d.behaviourTable("Calls for each trajectory", []string{"bash", "view", "str_replace"},
		func(t *behaviour.Tally, i int) Cell {
			return perCell(float64([]int64{t.Shell, t.View, t.Replace}[i]), t.Trajectories, 2)
		},
		func(task *publishedTask, i int) Cell {
			if task.calls == nil {
				return textCell("–")
			}
			return decimalCell(task.calls[i], 2)
		})
}

// mostTools are listed; the rest, misspelled ones above all, are one line.
const mostTools = 20

// toolTable counts the calls of every tool.
func (d *Dataset) toolTable() Table {
	counts := d.Whole.counts().Calls
	names := sortedByCount(counts)
	t := Table{Caption: "Tools, calls for each trajectory", Header: []string{"tool"}, Note: "An editor's commands are apart, as TOOL.COMMAND."}
	for _, p := range d.parts() {
		t.Header = append(t.Header, p.Name)
	}
	for _, name := range names[:min(len(names), mostTools)] {
		t.Rows = append(t.Rows, d.toolRow(clean(name), func(c map[string]int64) int64 { return c[name] }))
	}
	if rest := names[len(t.Rows):]; len(rest) > 0 {
		t.Rows = append(t.Rows, d.toolRow(counted(int64(len(rest)), "other", "others"), func(c map[string]int64) (n int64) {
			for _, name := range rest {
				n += c[name]
			}
			return n
		}))
	}
	return t
}

func (d *Dataset) toolRow(name string, of func(calls map[string]int64) int64) Row {
	row := Row{Name: name}
	for _, p := range d.parts() {
		cell := textCell("–")
		if counts := p.counts(); counts != nil {
			cell = perCell(float64(of(counts.Calls)), counts.Trajectories, 2)
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// habits are what a trajectory does at least once.
var habits = []struct {
	name string
	of   func(*behaviour.Tally) int64
}{
	{"loop: the same action three times in a row", func(t *behaviour.Tally) int64 { return t.Loop }},
	{"without a loop", func(t *behaviour.Tally) int64 { return t.Trajectories - t.Loop }},
	{"stuck, by OpenHands' detector", func(t *behaviour.Tally) int64 { return t.Stuck }},
	{"explores", func(t *behaviour.Tally) int64 { return t.Explored }},
	{"edits a source file", func(t *behaviour.Tally) int64 { return t.SourceEdit }},
	{"runs code before its first edit", func(t *behaviour.Tally) int64 { return t.RunBeforeEdit }},
	{"runs code after its last edit", func(t *behaviour.Tally) int64 { return t.RunAfterEdit }},
	{"a run fails, a file is edited, a run passes", func(t *behaviour.Tally) int64 { return t.FailEditPass }},
	{"runs tests", func(t *behaviour.Tally) int64 { return t.TestRunner }},
}

func (d *Dataset) habitTable() Table {
	t := Table{Caption: "Habits, % of trajectories", Header: []string{"trajectories that"}, Note: publishedNonLoops}
	for _, p := range d.parts() {
		t.Header = append(t.Header, p.Name)
	}
	for _, habit := range habits {
		row := Row{Name: habit.name}
		for _, p := range d.parts() {
			cell := textCell("–")
			if counts := p.counts(); counts != nil {
				cell = shareCell(habit.of(counts), counts.Trajectories)
				cell.Note = number(habit.of(counts))
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// principlesSection judges every part by the four principles.
func (d *Dataset) principlesSection() Section {
	s := Section{ID: "principles", Title: "The four principles"}
	t := Table{Caption: "Verdicts", Header: []string{"source"}}
	for i, p := range principles {
		t.Header = append(t.Header, fmt.Sprintf("%d %s", i+1, p.title))
		s.Lead = append(s.Lead, fmt.Sprintf("%d, %s: %s.", i+1, p.title, p.rule))
	}
	s.Lead = append(s.Lead, "The principles are the paper's, the borders are ours: well below what its own data reaches.")
	for _, p := range d.parts() {
		row := partRow(p, &d.Whole)
		for _, v := range p.Principles {
			row.Cells = append(row.Cells, Cell{Text: string(v.Result), Note: v.Grounds, Mark: v.Result})
		}
		t.Rows = append(t.Rows, row)
	}
	s.Tables = []Table{t}
	return s
}
