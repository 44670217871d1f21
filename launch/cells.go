package launch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"trainyard/launch/database"
)

// ErrCell is what a [CellError] is.
var ErrCell = errors.New("this cell is not to be paid twice")

// A CellError refuses a run because another one of the same cell goes on, has
// succeeded, or is lost and may still go on.
type CellError struct {
	Cell  string
	Run   string
	State State
	// Evaluation says that it is one, which is never started as a second run.
	Evaluation bool
}

func (e *CellError) Error() string {
	if e.Evaluation {
		return fmt.Sprintf("run %s is this evaluation, and is %s: `trainyard runs retry` gives it another attempt", e.Run, e.State)
	}
	is := "is " + string(e.State)
	if e.State == Succeeded {
		is = "has succeeded"
	}
	return fmt.Sprintf("run %s has the same recipe, data, environment and code, and %s", e.Run, is)
}

// Is reports whether target is ErrCell.
func (e *CellError) Is(target error) bool { return target == ErrCell }

// Room bounds what the runs of one sweep that go on may take together; 0 is no bound.
type Room struct {
	Runs    int
	GPUs    int
	Dollars float64 // what they may cost from now to their worst ends
}

// Check refuses what bounds nothing although it was meant to: below 0 is no number of runs
// and no sum of money, and what is no number is above and below none.
func (r Room) Check() error {
	switch {
	case r.Runs < 0:
		return fmt.Errorf("%d runs at once: give 0, for no bound, or more", r.Runs)
	case r.GPUs < 0:
		return fmt.Errorf("%d GPUs at once: give 0, for no bound, or more", r.GPUs)
	case !(r.Dollars >= 0):
		return fmt.Errorf("%v dollars for what runs: give 0, for no bound, or more", r.Dollars)
	}
	return nil
}

// What a sweep has no place for.
var (
	ErrRoom    = errors.New("the sweep has no room now")
	ErrStopped = errors.New("the sweep was stopped")
)

// refused reports whether nothing was written of an intent.
func refused(err error) bool {
	return errors.Is(err, ErrCap) || errors.Is(err, ErrCell) || errors.Is(err, ErrRoom) || errors.Is(err, ErrStopped)
}

// admit stands in the transaction that writes an attempt, so that of any number of
// processes which ask for one cell one gets it, and so that they count each other.
func admit(tx *database.Tx, run string, job Job, f Facts, caps Caps, room Room, now time.Time) error {
	if err := unlessTaken(tx, run, job); err != nil {
		return err
	}
	if job.Sweep != "" && room != (Room{}) {
		if err := room.allow(tx, run, job.Sweep, f, now); err != nil {
			return err
		}
	}
	return caps.allow(tx, run, f, now)
}

// unlessTaken refuses a cell that has a run other than this one which did not fail.
func unlessTaken(tx *database.Tx, run string, job Job) error {
	if job.Cell == "" || job.Anew {
		return nil
	}
	taken := &CellError{Cell: job.Cell, Evaluation: job.Evaluates != nil}
	// An evaluation is one run, also where that has failed: its attempts follow each other.
	err := tx.QueryRow(`SELECT r.id, a.state FROM runs r JOIN attempts a ON a.run = r.id WHERE r.cell = ? AND r.id <> ? AND (r.evaluates IS NOT NULL OR a.state NOT IN (?, ?, ?)) AND `+newestAttempt+`ORDER BY r.created_ms, r.id LIMIT 1`,
		job.Cell, run, Failed, Cancelled, Preempted).Scan(&taken.Run, &taken.State)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return taken
}

func (r Room) allow(tx *database.Tx, run, sweep string, asked Facts, now time.Time) error {
	stopped, err := stoppedSweep(tx, sweep)
	if err != nil {
		return err
	}
	if stopped {
		return fmt.Errorf("%w: %s", ErrStopped, sweep)
	}
	bills, err := readBills(tx.Query, SpendQuery{Sweep: sweep})
	if err != nil {
		return err
	}
	bills = slices.DeleteFunc(bills, func(a Attempt) bool { return a.State.Ended() })
	gpus := max(1, asked.GPUs)
	for _, a := range bills {
		gpus += max(1, a.GPUs)
	}
	dollars := sum(bills, time.Time{}, time.Time{}, now).Committed
	if worst := (Attempt{State: Pending, Facts: asked}).WorstCase(); worst != nil {
		dollars += *worst
	}
	switch {
	case r.Runs > 0 && len(bills) >= r.Runs:
		return fmt.Errorf("%w: %d runs go on, of %d", ErrRoom, len(bills), r.Runs)
	case r.GPUs > 0 && gpus > r.GPUs:
		return fmt.Errorf("%w: there would be %d GPUs of %d", ErrRoom, gpus, r.GPUs)
	case r.Dollars > 0 && dollars > r.Dollars:
		return fmt.Errorf("%w: there would be $%.2f at stake, of $%.2f", ErrRoom, dollars, r.Dollars)
	}
	return nil
}

func stoppedSweep(tx *database.Tx, sweep string) (stopped bool, err error) {
	var at sql.NullInt64
	err = tx.QueryRow(`SELECT stopped_ms FROM sweeps WHERE name = ?`, sweep).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return at.Valid, err
}

// SweepStopped reports whether runs of the sweep are kept from being started.
func (l *Ledger) SweepStopped(ctx context.Context, sweep string) (bool, error) {
	var at sql.NullInt64
	err := l.db.QueryRow(ctx, `SELECT stopped_ms FROM sweeps WHERE name = ?`, sweep).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, l.db.Fault(err)
	}
	return at.Valid, nil
}

// StopSweep keeps runs of the sweep from being started until it is begun again.
func (l *Ledger) StopSweep(ctx context.Context, sweep string) error {
	return l.markSweep(ctx, sweep, toMilli(time.Now()))
}

// BeginSweep lets runs of the sweep be started.
func (l *Ledger) BeginSweep(ctx context.Context, sweep string) error {
	return l.markSweep(ctx, sweep, sql.NullInt64{})
}

func (l *Ledger) markSweep(ctx context.Context, sweep string, at sql.NullInt64) error {
	return l.update(ctx, func(tx *database.Tx) error {
		if _, err := tx.Exec(`DELETE FROM sweeps WHERE name = ?`, sweep); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO sweeps (name, stopped_ms) VALUES (?, ?)`, sweep, at)
		return err
	})
}

// cellsAtOnce is how many cells one statement asks for.
const cellsAtOnce = 200

// Cells lists the runs of cells, by cell, the newest first.
func (l *Ledger) Cells(ctx context.Context, cells []string) (map[string][]Run, error) {
	return l.runsBy(ctx, "r.cell", cells, func(r Run) string { return r.Job.Cell })
}

// RecipeRuns lists the trainings of recipes, by fingerprint, the newest first: those of
// one recipe may have had other inputs. It reads the row of every run.
func (l *Ledger) RecipeRuns(ctx context.Context, fingerprints []string) (map[string][]Run, error) {
	return l.runsBy(ctx, "r.evaluates IS NULL AND r.fingerprint", fingerprints, func(r Run) string { return r.Job.Fingerprint })
}

func (l *Ledger) runsBy(ctx context.Context, column string, keys []string, key func(Run) string) (map[string][]Run, error) {
	all := map[string][]Run{}
	for some := range slices.Chunk(keys, cellsAtOnce) {
		args := make([]any, len(some))
		for i, k := range some {
			args[i] = k
		}
		places := strings.TrimSuffix(strings.Repeat("?, ", len(some)), ", ")
		runs, err := l.query(ctx, selectRuns+`WHERE `+column+` IN (`+places+`) AND `+newestAttempt+newestFirst, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			all[key(r)] = append(all[key(r)], r)
		}
	}
	return all, nil
}

// SweepRuns lists the trainings that a sweep has asked for, the newest first.
func (l *Ledger) SweepRuns(ctx context.Context, sweep string) ([]Run, error) {
	return l.query(ctx, selectRuns+`WHERE r.sweep = ? AND r.evaluates IS NULL AND `+newestAttempt+newestFirst, sweep)
}

// SweepEvaluations lists the evaluations that a sweep has asked for, the newest first.
func (l *Ledger) SweepEvaluations(ctx context.Context, sweep string) ([]Run, error) {
	return l.query(ctx, selectRuns+`WHERE r.sweep = ? AND r.evaluates IS NOT NULL AND `+newestAttempt+newestFirst, sweep)
}
