package main

import (
	"fmt"
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
	Rows     int      `json:"rows,omitempty"`     // of a record that is split
	Over     string   `json:"over_window,omitempty"`
	reason   string   // the fault's
	*measures
}

func rowFacts(r *shard.Row) facts {
	return facts{
		ID: r.TrajID, Instance: r.InstanceID, Task: r.Task, Repo: r.Repo, Teacher: r.Teacher,
		Messages: len(r.Messages), Steps: int(r.NSteps), Tokens: int(r.NTokens), Trained: int(r.NTrainedTokens),
	}
}

// A rowList prints trajectories, one a line. It holds of each what its line
// says, and as JSON nothing: each is printed as it comes.
type rowList struct {
	t      *face.Terminal
	number string
	source bool // records, which have formats, and no rows of shards
	table  *face.Table
	json   *face.JSONStream // in its place
	faults []string
	told   map[string]int   // by reason
	more   map[string]int64 // likewise
}

func newRowList(t *face.Terminal, s *settings, number, place string) *rowList {
	l := &rowList{t: t, number: number, source: number == "record", told: map[string]int{}, more: map[string]int64{}}
	if s.json() {
		l.json = t.StreamJSON()
		l.json.List()
	}
	l.table = l.newTable(place)
	return l
}

func (l *rowList) add(n int, place string, f facts) {
	f.Number, f.Place = n, place
	if l.json != nil {
		l.json.Value(f)
		return
	}
	if f.Fault == "" || f.Messages > 0 {
		l.table.Row(l.cells(f)...)
	}
	l.addFault(f)
}

func (l *rowList) print() error {
	if l.json != nil {
		return l.json.Close()
	}
	if err := l.table.Write(l.t.Out); err != nil {
		return err
	}
	l.printFaults()
	return nil
}

func (l *rowList) newTable(place string) *face.Table {
	header := []string{l.number, place}
	if l.source {
		header = append(header, "format")
	}
	n := len(header)
	header = append(header, "id", "repo", "messages", "steps", "tokens", "trained")
	return face.NewTable(header...).Numbers(0, n+2, n+3, n+4, n+5).Gives(1, n+1, n).Ends(1, n, n+1).Leaves(n+2, n+1)
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

// addFault keeps why a record makes no row of a dataset.
func (l *rowList) addFault(f facts) {
	what, reason, why := "rejected", f.reason, f.Fault
	switch {
	case f.Filtered != "":
		what, reason, why = "filtered", "filtered", f.Filtered
	case f.Over != "":
		what, reason, why = "over the window", "over_window", f.Over
	}
	if why == "" {
		return
	}
	if l.told[reason]++; l.told[reason] > shownFaults {
		l.more[reason]++
		return
	}
	l.faults = append(l.faults, fmt.Sprintf("%s %d %s, %s: %s", l.number, f.Number, what, f.Place, why))
}

// printFaults lists them below the table, whose columns their texts would push
// apart.
func (l *rowList) printFaults() {
	for _, fault := range l.faults {
		l.t.Print("%s\n", fault)
	}
	if len(l.more) > 0 {
		l.t.Print("and more: %s (all of them with --json)\n", strings.Join(countWords(l.more), "; "))
	}
}

// known writes a count, or a dash where nothing was counted.
func known(n int) string {
	if n == 0 {
		return "-"
	}
	return face.Thousands(n)
}
