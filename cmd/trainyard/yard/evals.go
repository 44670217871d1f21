package yard

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"trainyard/launch"
	"trainyard/launch/result"
)

// An EvalSaid is what a user says of results; a zero field says nothing.
type EvalSaid = result.Said

// An EvalRequest says which reports are results of a run.
type EvalRequest struct {
	Run   string   `json:"run"`   // a prefix of its id
	Files []string `json:"files"` // reports, or directories of them
	EvalSaid
	// Replace puts results in the place of others of the same evaluations.
	Replace bool `json:"replace,omitempty"`
}

// An EvalImport is what some reports came to.
type EvalImport struct {
	Imported []launch.Imported `json:"imported"`
	Left     []LeftReport      `json:"left"`
}

// A LeftReport is a file that was found and not imported, and why.
type LeftReport struct {
	File string `json:"file"`
	Why  string `json:"why"`
}

// ImportResults reads reports and keeps what they say of a run. One that conflicts
// with what is there keeps no other from being imported; what was imported comes with
// the error.
func (y *Yard) ImportResults(ctx context.Context, req EvalRequest) (*EvalImport, error) {
	l, run, err := y.recorded(ctx, req.Run)
	if err != nil {
		return nil, err
	}
	read, err := result.Read(req.Files...)
	if err != nil {
		return nil, err
	}
	done := &EvalImport{Imported: []launch.Imported{}, Left: leftReports(read.Left)}
	results, err := req.Of(read.Results, "--")
	if err == nil && len(results) == 0 {
		err = fmt.Errorf("no report below %s", strings.Join(req.Files, ", "))
	}
	if err != nil {
		return done, err
	}
	var faults []error
	for _, r := range results {
		one, err := l.Ledger.ImportResult(ctx, launch.Import{Run: run.ID, Result: r, By: y.User, Replace: req.Replace})
		if err != nil {
			faults = append(faults, err)
			continue
		}
		done.Imported = append(done.Imported, one)
	}
	return done, errors.Join(faults...)
}

func leftReports(left []result.Left) []LeftReport {
	all := make([]LeftReport, len(left))
	for i, l := range left {
		all[i] = LeftReport{l.File, l.Why.Error()}
	}
	return all
}

// Results lists what evaluations found out, the newest import first: of one run with
// its instances, of all runs (an empty prefix) without.
func (y *Yard) Results(ctx context.Context, prefix string) ([]launch.StoredResult, error) {
	if !y.hasLedger() && prefix == "" {
		return nil, nil
	}
	l, err := y.Launcher()
	if err != nil {
		return nil, err
	}
	if prefix == "" {
		return l.Ledger.ResultLines(ctx)
	}
	run, err := l.Ledger.Find(ctx, prefix)
	if err != nil {
		return nil, err
	}
	return l.Ledger.Results(ctx, run.ID)
}
