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
}

// Reconcile brings every unfinished attempt up to date. With rebuild, the ledger is
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
	return r, err
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
