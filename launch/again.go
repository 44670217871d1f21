package launch

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"trainyard/launch/database"
	"trainyard/launch/redact"
)

// Next is the attempt that a run is to have next.
type Next struct {
	Command Command
	Facts   Facts
	Caps    Caps
	Room    Room
	// AfterLost says that the caller has made sure that a lost attempt does not run
	// any more. Out of sight alone is no reason to start again.
	AfterLost bool
}

// A FenceError refuses an attempt because the one before is not over, or because
// another process has made it first.
type FenceError struct {
	Run    string
	After  int   // the attempt that was to be followed
	Newest int   // the newest that there is
	State  State // its state
}

func (e *FenceError) Error() string {
	switch {
	case e.Newest != e.After:
		return fmt.Sprintf("run %s has attempt %d already, which is %s: nothing follows attempt %d", e.Run, e.Newest, e.State, e.After)
	case e.State == Lost:
		return fmt.Sprintf("run %s attempt %d is lost and may still run: make sure that it does not, or two would write and be paid for", e.Run, e.After)
	}
	return fmt.Sprintf("run %s attempt %d is %s: another one follows it only when it has ended", e.Run, e.After, e.State)
}

// Again adds attempt n+1 to a run whose newest attempt is n, as pending, if n has
// ended: of any number of processes that ask, one gets it, the others a
// *FenceError. Nothing is started. From then on attempt n can end, and nothing
// else: see [Ledger.Advance].
func (l *Ledger) Again(ctx context.Context, run string, n int, reason string, next Next) (Run, error) {
	reason = redact.Here(reason)
	err := l.update(ctx, func(tx *database.Tx) error {
		if err := fence(tx, run, n, next.AfterLost); err != nil {
			return err
		}
		job, err := jobOf(tx, run)
		if err != nil {
			return err
		}
		a := Attempt{N: n + 1, State: Pending, Progress: next.Command.Progress, Output: next.Command.OutputDir(), Facts: next.Facts.Over(job.facts())}
		if err := admit(tx, run, job, a.Facts, next.Caps, next.Room, time.Now()); err != nil {
			return err
		}
		if err := insertAttempt(tx, run, a); err != nil {
			return err
		}
		return insertEvent(tx, run, a.N, time.Now(), Pending, "asked for again: "+reason)
	})
	if err != nil {
		return Run{}, err
	}
	return l.RunAt(ctx, run, n+1)
}

func jobOf(tx *database.Tx, run string) (job Job, err error) {
	var stored string
	if err := tx.QueryRow(`SELECT job FROM runs WHERE id = ?`, run).Scan(&stored); err != nil {
		return job, err
	}
	if err := json.Unmarshal([]byte(stored), &job); err != nil {
		return job, fmt.Errorf("run %s: its job: %w", run, err)
	}
	return job, nil
}

func fence(tx *database.Tx, run string, n int, afterLost bool) error {
	newest, state, err := newestOf(tx, run)
	if err != nil {
		return err
	}
	if newest != n || !state.Ended() || state == Lost && !afterLost {
		return &FenceError{Run: run, After: n, Newest: newest, State: state}
	}
	return nil
}

func newestOf(tx *database.Tx, run string) (n int, s State, err error) {
	err = tx.QueryRow(`SELECT n, state FROM attempts WHERE run = ? ORDER BY n DESC LIMIT 1`, run).Scan(&n, &s)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("run %q: %w", run, ErrNoRun)
	}
	return n, s, err
}
