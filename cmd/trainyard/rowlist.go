package main

import (
	"strconv"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/mix/shard"
)

// facts are what a list says of one trajectory. Zero means unknown.
type facts struct {
	Number   int      `json:"number"`
	Place    string   `json:"place"`
	Format   string   `json:"format,omitempty"` // of a source's record
	ID       string   `json:"traj_id,omitempty"`
	Instance string   `json:"instance_id,omitempty"`
	Task     string   `json:"task,omitempty"`
	Repo     string   `json:"repo,omitempty"`
	Teacher  string   `json:"teacher,omitempty"`
	Messages int      `json:"messages,omitempty"`
	Steps    int      `json:"steps,omitempty"`
	Tokens   int      `json:"tokens,omitempty"`
	Trained  int      `json:"trained_tokens,omitempty"`
	Notes    []string `json:"notes,omitempty"`
	Fault    string   `json:"fault,omitempty"`
	Filtered string   `json:"filtered,omitempty"` // why --keep leaves it out
	reason   string   // the fault's
	*measures
}

func rowFacts(r *shard.Row) facts {
	return facts{
		ID: r.TrajID, Instance: r.InstanceID, Task: r.Task, Repo: r.Repo, Teacher: r.Teacher,
		Messages: len(r.Messages), Steps: int(r.NSteps), Tokens: int(r.NTokens), Trained: int(r.NTrainedTokens),
	}
}

// A rowList prints trajectories, one a line.
type rowList struct {
	t      *face.Terminal
	s      *settings
	number string
	place  string
	source bool // records, which have formats, and no rows of shards
	all    []facts
}

func newRowList(t *face.Terminal, s *settings, number, place string) *rowList {
	return &rowList{t: t, s: s, number: number, place: place, source: number == "record"}
}

func (l *rowList) add(n int, place string, f facts) {
	f.Number, f.Place = n, place
	l.all = append(l.all, f)
}

func (l *rowList) print() error {
	if l.s.json() {
		return l.t.PrintJSON(l.all)
	}
	tab := l.table()
	for _, f := range l.all {
		if f.Fault == "" || f.Messages > 0 {
			tab.Row(l.cells(f)...)
		}
	}
	if err := tab.Write(l.t.Out); err != nil {
		return err
	}
	l.printFaults()
	return nil
}

func (l *rowList) table() *face.Table {
	header := []string{l.number, l.place}
	if l.source {
		header = append(header, "format")
	}
	n := len(header)
	header = append(header, "id", "repo", "messages", "steps", "tokens", "trained")
	return face.NewTable(header...).Numbers(0, n+2, n+3, n+4, n+5).Gives(1, n+1, n).Ends(1).Leaves(n+2, n+1)
}

func (l *rowList) cells(f facts) []string {
	cells := []string{strconv.Itoa(f.Number), f.Place}
	if l.source {
		cells = append(cells, f.Format)
	}
	return append(cells, f.ID, orDash(f.Repo), face.Thousands(f.Messages), face.Thousands(f.Steps), known(f.Tokens), known(f.Trained))
}

// shownFaults of each reason are told in full; the rest are counted.
const shownFaults = 3

// printFaults lists the records that make no row of a dataset, below the table
// whose columns their texts would push apart.
func (l *rowList) printFaults() {
	faults, more := map[string]int{}, map[string]int64{}
	for _, f := range l.all {
		what, reason, why := "rejected", f.reason, f.Fault
		if f.Filtered != "" {
			what, reason, why = "filtered", "filtered", f.Filtered
		}
		if why == "" {
			continue
		}
		if faults[reason]++; faults[reason] > shownFaults {
			more[reason]++
		} else {
			l.t.Print("%s %d %s, %s: %s\n", l.number, f.Number, what, f.Place, why)
		}
	}
	if len(more) > 0 {
		l.t.Print("and more: %s (all of them with --json)\n", strings.Join(countWords(more), "; "))
	}
}

// known writes a count, or a dash where nothing was counted.
func known(n int) string {
	if n == 0 {
		return "-"
	}
	return face.Thousands(n)
}
