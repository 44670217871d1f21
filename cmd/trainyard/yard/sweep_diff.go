package yard

import (
	"trainyard/launch"
	"trainyard/launch/sweep"
)

// A SweepDiff is what an edit of a sweep came to, against the runs that it asked for.
type SweepDiff struct {
	Kept    []string      `json:"kept"`    // cells that have a run
	New     []string      `json:"new"`     // cells that have none, and are to be run
	Waits   []string      `json:"waits"`   // cells of a stage that has not begun
	Out     []string      `json:"out"`     // cells that are not run: another variant has gone on
	Changed []SweepChange `json:"changed"` // new ones whose name an orphaned run has
	// Orphaned are runs that no cell means any more, those of changed cells among them.
	Orphaned []launch.Run `json:"orphaned"`
}

// A SweepChange is a cell that keeps its name and is another.
type SweepChange struct {
	Cell string `json:"cell"`
	Run  string `json:"run"` // of the content that the cell had
}

// Diff holds the cells against the runs of the sweep.
func (p *SweepPlan) Diff() SweepDiff {
	d := SweepDiff{Kept: []string{}, New: []string{}, Waits: []string{}, Out: []string{}, Changed: []SweepChange{}, Orphaned: p.Orphans}
	was := map[string]string{}
	for _, r := range p.Orphans {
		was[r.Job.CellName] = r.ID
	}
	for _, c := range p.Cells {
		switch run, changed := was[c.Name]; {
		case c.Run != nil:
			d.Kept = append(d.Kept, c.Name)
		case changed:
			d.Changed = append(d.Changed, SweepChange{c.Name, run})
		case c.State == sweep.Waits:
			d.Waits = append(d.Waits, c.Name)
		case c.State == sweep.Out:
			d.Out = append(d.Out, c.Name)
		default:
			d.New = append(d.New, c.Name)
		}
	}
	return d
}
