package launch

import (
	"context"
	"fmt"
	"sync"
)

// A Reconciled is one attempt that was looked at, and what changed by it.
type Reconciled struct {
	Run
	Was State `json:"was"`
	// Changes are in words, one each; none where the ledger was right.
	Changes []string `json:"changes"`
	// Fault is why the attempt could not be looked at; empty where it could.
	Fault string `json:"fault,omitempty"`
}

// Reconcile brings every attempt up to date that has not ended, or was lost, or
// whose trainer's last words were not read, also of runs that have a newer one, and
// tells what changed. Runs whose directories lie on other machines are left to
// those. What could not be looked at is told beside the others, and joined into the
// error.
func (l *Launcher) Reconcile(ctx context.Context) ([]Reconciled, error) {
	open, err := l.Ledger.open(ctx)
	faults := make([]error, len(open)+1)
	faults[len(open)] = err
	all := make([]Reconciled, len(open))
	var looking sync.WaitGroup
	places := make(chan struct{}, sideBySide)
	for i, run := range open {
		looking.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			all[i], faults[i] = l.reconcile(ctx, run)
		})
	}
	looking.Wait()
	return all, joinOnce(faults)
}

// open lists the attempts that Reconcile looks at, oldest runs first.
func (l *Ledger) open(ctx context.Context) ([]Run, error) {
	runs, err := l.query(ctx, selectRuns+`WHERE NOT a.heard OR a.state = ? ORDER BY r.created_ms, r.id, a.n`, Lost)
	open := runs[:0]
	for _, r := range runs {
		if !r.settled() || !r.heard {
			open = append(open, r)
		}
	}
	return open, err
}

func (l *Launcher) reconcile(ctx context.Context, before Run) (Reconciled, error) {
	r := Reconciled{Run: before, Was: before.State, Changes: []string{}}
	if !l.mine(before) {
		r.Fault = "it belongs to " + before.Home
		return r, nil
	}
	now, err := l.refreshWithin(ctx, before, l.refreshAny)
	r.Run = now
	if err != nil {
		r.Fault = err.Error()
		return r, err
	}
	r.Changes = append(r.Changes, changes(before, now)...)
	return r, nil
}

// refreshAny is refresh, also of an attempt without a handle that another one has
// followed: that one is not adopted, since it cannot run again.
func (l *Launcher) refreshAny(ctx context.Context, run Run) (Run, error) {
	newest, err := l.Ledger.Run(ctx, run.ID)
	if err != nil || newest.N == run.N || run.Handle != "" || run.State.Ended() {
		return l.refresh(ctx, run)
	}
	if err := l.bury(ctx, run); err != nil {
		return run, err
	}
	return l.reload(ctx, run)
}

// changes are the differences that a look at an attempt made.
func changes(before, now Run) (all []string) {
	if now.State != before.State {
		all = append(all, fmt.Sprintf("%s, was %s: %s", now.State, before.State, now.Reason))
	} else if now.Reason != before.Reason {
		all = append(all, now.Reason)
	}
	if now.Handle != "" && before.Handle == "" {
		all = append(all, "found what was started")
	}
	if now.Step != before.Step || now.Segment != before.Segment {
		all = append(all, fmt.Sprintf("step %d, was %d", now.Step, before.Step))
	}
	if now.Trouble != before.Trouble && now.Trouble != "" {
		all = append(all, now.Trouble)
	}
	return all
}
