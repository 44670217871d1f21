package yard

import (
	"context"

	"trainyard/launch"
	"trainyard/recipes"
)

// A resultsAhead reads the results of the runs that a sweep asked for while its cells
// are still being made: both take as long as each other.
type resultsAhead struct {
	ctx    context.Context
	ledger *launch.Ledger
	done   chan struct{}
	byRun  map[string][]launch.StoredResult
	read   map[string]bool
}

// readAhead begins. What goes wrong is found again by of.
func readAhead(ctx context.Context, ledger *launch.Ledger, file string) *resultsAhead {
	a := &resultsAhead{ctx: ctx, ledger: ledger, done: make(chan struct{}), byRun: map[string][]launch.StoredResult{}, read: map[string]bool{}}
	go func() {
		defer close(a.done)
		name := file
		if r, err := recipes.Load(file, nil); err == nil {
			name = r.Name
		}
		runs, err := ledger.SweepRuns(ctx, name)
		if err != nil || len(runs) == 0 {
			return
		}
		var ids []string
		for _, r := range runs {
			ids = append(ids, r.ID)
		}
		if byRun, err := resultsOf(ctx, ledger, ids); err == nil {
			a.byRun = byRun
			for _, id := range ids {
				a.read[id] = true
			}
		}
	}()
	return a
}

// wait returns when the ledger is read no more.
func (a *resultsAhead) wait() { <-a.done }

// of are the results of runs; those that others than the sweep asked for are read now.
func (a *resultsAhead) of(ids []string) (map[string][]launch.StoredResult, error) {
	<-a.done
	var rest []string
	for _, id := range ids {
		if !a.read[id] {
			rest = append(rest, id)
		}
	}
	if len(rest) == 0 {
		return a.byRun, nil
	}
	more, err := resultsOf(a.ctx, a.ledger, rest)
	for id, results := range more {
		a.byRun[id] = results
	}
	return a.byRun, err
}
