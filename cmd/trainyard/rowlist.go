package main

import (
	"strconv"

	"trainyard/mix"
)

// facts are what a list says of one trajectory. Zero means unknown.
type facts struct {
	Number   int      `json:"number"`
	Place    string   `json:"place"`
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
	*behaviour
}

func rowFacts(r *mix.Row) facts {
	return facts{
		ID: r.TrajID, Instance: r.InstanceID, Task: r.Task, Repo: r.Repo, Teacher: r.Teacher,
		Messages: len(r.Messages), Steps: int(r.NSteps), Tokens: int(r.NTokens), Trained: int(r.NTrainedTokens),
	}
}

// A rowList prints trajectories, one a line.
type rowList struct {
	t      *terminal
	s      *settings
	number string
	place  string
	all    []facts
}

func newRowList(t *terminal, s *settings, number, place string) *rowList {
	return &rowList{t: t, s: s, number: number, place: place}
}

func (l *rowList) add(n int, place string, f facts) {
	f.Number, f.Place = n, place
	l.all = append(l.all, f)
}

func (l *rowList) print() error {
	if l.s.json() {
		return l.t.printJSON(l.all)
	}
	tab := newTable(l.number, l.place, "id", "repo", "messages", "steps", "tokens", "trained").numbers(0, 4, 5, 6, 7)
	for _, f := range l.all {
		if f.Fault == "" {
			tab.row(strconv.Itoa(f.Number), f.Place, f.ID, orDash(f.Repo), thousands(f.Messages), thousands(f.Steps), known(f.Tokens), known(f.Trained))
		}
	}
	if err := tab.write(l.t.out); err != nil {
		return err
	}
	l.printFaults()
	return nil
}

// shownFaults are told in full; the rest are counted.
const shownFaults = 10

// printFaults lists the records that are none, below the table whose columns
// their texts would push apart.
func (l *rowList) printFaults() {
	faults := 0
	for _, f := range l.all {
		if f.Fault == "" {
			continue
		}
		if faults++; faults <= shownFaults {
			l.t.print("%s %d rejected: %s\n", l.number, f.Number, f.Fault)
		}
	}
	if faults > shownFaults {
		l.t.print("and %s more (all of them with --json)\n", thousands(faults-shownFaults))
	}
}

// known writes a count, or a dash where nobody counted.
func known(n int) string {
	if n == 0 {
		return "-"
	}
	return thousands(n)
}
