package yard

import (
	"context"
	"errors"

	"trainyard/launch"
)

// Reconciled is what became of the attempts that had not ended.
type Reconciled struct {
	*Rebuilt `json:"rebuilt,omitempty"`
	Attempts []launch.Reconciled `json:"attempts"`
	// Evaluations are those that were due.
	Evaluations []EvaluationDeed `json:"evaluations,omitempty"`
}

// An EvaluationDeed is an evaluation that was started, or why it was not.
type EvaluationDeed struct {
	Run   string `json:"run"` // of the evaluation, or the one that it is about where it was not started
	What  string `json:"what"`
	Fault string `json:"fault,omitempty"`
}

// Reconcile brings every unfinished attempt up to date, and starts the evaluations that
// are due. With rebuild, the ledger is
// made anew from the directories of the runs before. With an error come the attempts
// that could be looked at.
func (y *Yard) Reconcile(ctx context.Context, rebuild bool) (r Reconciled, err error) {
	r.Attempts = []launch.Reconciled{}
	if rebuild {
		rebuilt, err := y.Rebuild(ctx)
		if r.Rebuilt = &rebuilt; err != nil {
			return r, err
		}
	}
	if !y.hasLedger() {
		return r, nil
	}
	l, err := y.Launcher()
	if err != nil {
		return r, err
	}
	all, err := l.Reconcile(ctx)
	r.Attempts = append(r.Attempts, all...)
	runs, errRuns := l.Ledger.Runs(ctx, 0)
	deeds, errDue := l.EvaluateDue(ctx, runs)
	for _, d := range deeds {
		r.add(d)
	}
	return r, errors.Join(err, errRuns, errDue)
}

func (r *Reconciled) add(d launch.Deed) {
	line := EvaluationDeed{Run: d.Run.ID, What: d.What}
	if d.Err != nil {
		line.Fault = d.Err.Error()
	}
	r.Evaluations = append(r.Evaluations, line)
}

// Rebuilt is what a rebuild of the ledger did.
type Rebuilt struct {
	Damaged string   `json:"damaged,omitempty"` // where the damaged ledger lies now
	Added   []string `json:"added"`             // ids of the runs that were not in it
}

// Rebuild makes the ledger anew from the directories of the runs. One that is
// damaged is set aside first.
func (y *Yard) Rebuild(ctx context.Context) (r Rebuilt, err error) {
	file := launch.LedgerFile(y.Home)
	if y.Ledger == "" && y.hasLedger() && errors.Is(launch.Inspect(ctx, file), launch.ErrDamaged) {
		if r.Damaged, err = launch.SetAside(file); err != nil {
			return r, err
		}
	}
	l, err := y.Launcher() // a new one is filled when it is opened
	if err != nil {
		return r, err
	}
	added, err := l.Rebuild(ctx)
	r.Added = append(append([]string{}, y.restored...), added...)
	return r, err
}

// restore fills a ledger that was made just now: the old one was removed, or cut
// off to nothing.
func (y *Yard) restore(l *launch.Launcher) (err error) {
	if l.Ledger.Fresh() {
		y.restored, err = l.Rebuild(context.Background())
	}
	return err
}

// Siblings lists the ids of other runs of the same recipe that have not ended.
func (y *Yard) Siblings(ctx context.Context, run launch.Run) ([]string, error) {
	l, err := y.Launcher()
	if err != nil {
		return nil, err
	}
	return l.Ledger.Siblings(ctx, run)
}
