package yard

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/launch/result"
)

// An EvalRemoval says which results of a run are to go. What is empty is any.
type EvalRemoval struct {
	Run       string // a prefix of its id
	Benchmark string
	Split     string
	Scaffold  string
	Seed      NumberOrNone
	Step      NumberOrNone
	// Sure removes them; else they are only looked for.
	Sure bool
}

// A NumberOrNone chooses by a number that results may not tell.
type NumberOrNone struct {
	Asked  bool
	Number *int64 // nil: those that tell none
}

func (n NumberOrNone) fits(told *int64) bool {
	return !n.Asked || n.Number == nil && told == nil || n.Number != nil && told != nil && *n.Number == *told
}

func (e EvalRemoval) fits(r launch.StoredResult) bool {
	named := func(asked, told string) bool { return asked == "" || strings.EqualFold(asked, told) }
	return named(result.Benchmark(e.Benchmark), r.Benchmark) && named(e.Split, r.Split) && named(e.Scaffold, r.Scaffold) && e.Seed.fits(r.Seed) && e.Step.fits(r.Step)
}

// An EvalRemoved is what an [EvalRemoval] came to: the results that it names, without
// their instances, and whether they are gone.
type EvalRemoved struct {
	Results []launch.StoredResult `json:"results"`
	Removed bool                  `json:"removed"`
}

// RemoveResults takes results out of the ledger. The reports that they came from, and the
// runs of evaluations that left them, stay as they are.
func (y *Yard) RemoveResults(ctx context.Context, req EvalRemoval) (*EvalRemoved, error) {
	l, run, err := y.recorded(ctx, req.Run)
	if err != nil {
		return nil, err
	}
	all, err := l.Ledger.ResultLines(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(slices.Clone(all), func(r launch.StoredResult) bool { return !req.fits(r) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("run %s has no such result%s", run.ID, hasWords(all))
	}
	if !req.Sure {
		return &EvalRemoved{Results: chosen}, nil
	}
	n, err := l.Ledger.RemoveResults(ctx, chosen...)
	if err == nil && n < len(chosen) {
		err = fmt.Errorf("run %s: %d of %d results were removed: the others have changed meanwhile: look again", run.ID, n, len(chosen))
	}
	return &EvalRemoved{Results: chosen, Removed: err == nil}, err
}

func hasWords(all []launch.StoredResult) string {
	if len(all) == 0 {
		return ": it has none"
	}
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = launch.ResultName(r.Result)
	}
	return ": it has " + strings.Join(names, ", ")
}
