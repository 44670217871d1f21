package launch

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"trainyard/launch/database"
)

// An Intent is a run that is to be, and who asks for it.
type Intent struct {
	ID      string
	Job     Job
	Command Command
	User    string // empty: not known
	Home    string // host:directory; see Run.Home
	Facts   Facts  // what is known beyond what the job says
	Caps    Caps
	Room    Room // of its sweep
}

// Intend writes the intent to run a job: a new run whose first attempt is
// pending. Nothing is started. What may pass a cap is refused with a *CapError,
// a cell that runs or has succeeded with a *CellError, what a sweep has no room for with
// ErrRoom, and nothing is written. The run comes back as the ledger has it, without values
// of secrets, and is not read again: once it is written, no error may hide its id.
func (l *Ledger) Intend(ctx context.Context, in Intent) (Run, error) {
	stored, err := json.Marshal(in.Job)
	if err != nil {
		return Run{}, fmt.Errorf("ledger: job of %s: %w", in.Job.Recipe, err)
	}
	now, cmd := time.Now(), in.Command
	run := Run{ID: in.ID, CreatedAt: time.UnixMilli(now.UnixMilli()), CreatedBy: in.User, Home: in.Home}
	run.Attempt = Attempt{N: 1, State: Pending, Progress: cmd.Progress, Output: cmd.OutputDir(), Facts: in.Facts.Over(in.Job.facts())}
	if err := json.Unmarshal(stored, &run.Job); err != nil {
		return Run{}, fmt.Errorf("ledger: job of %s: %w", in.Job.Recipe, err)
	}
	err = l.update(ctx, func(tx *database.Tx) error {
		if err := insertRun(tx, run, string(stored)); err != nil {
			return err
		}
		if err := admit(tx, run.ID, in.Job, run.Facts, in.Caps, in.Room, now); err != nil {
			return err
		}
		if err := insertAttempt(tx, run.ID, run.Attempt); err != nil {
			return err
		}
		return insertEvent(tx, run.ID, 1, now, Pending, "asked for")
	})
	if err != nil {
		return Run{}, err
	}
	return run, nil
}

func insertRun(tx *database.Tx, r Run, job string) error {
	about := ""
	if r.Job.Evaluates != nil {
		about = r.Job.Evaluates.Run
	}
	_, err := tx.Exec(`INSERT INTO runs (id, recipe, fingerprint, job, created_ms, created_by, home, sweep, cell, evaluates) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Job.Recipe, r.Job.Fingerprint, job, r.CreatedAt.UnixMilli(), r.CreatedBy, r.Home, said(r.Job.Sweep), said(r.Job.Cell), said(about))
	if err != nil {
		return fmt.Errorf("create run: %w", err)
	}
	return nil
}

// said is a text, or NULL where it is empty.
func said(text string) sql.NullString { return sql.NullString{String: text, Valid: text != ""} }

func insertAttempt(tx *database.Tx, run string, a Attempt) error {
	_, err := tx.Exec(`INSERT INTO attempts (run, n, state, verdict, progress, output) VALUES (?, ?, ?, ?, ?, ?)`, run, a.N, a.State, a.Verdict, a.Progress, a.Output)
	if err == nil {
		err = learn(tx, run, a.N, a.Facts)
	}
	if err != nil {
		return fmt.Errorf("create attempt: %w", err)
	}
	return nil
}

// newID is a random UUID: its first 8 characters alone tell runs apart, while
// those of ids that begin with the time are the same for a minute. Among 1,000
// runs, two share them with a chance of 1 in 10,000.
func newID() (string, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return "", fmt.Errorf("make run id: %w", err)
	}
	return id.String(), nil
}

func insertEvent(tx *database.Tx, run string, attempt int, at time.Time, state State, text string) error {
	_, err := tx.Exec(`INSERT INTO events (run, attempt, at_ms, state, text) VALUES (?, ?, ?, ?, ?)`,
		run, attempt, at.UnixMilli(), state, text)
	if err != nil {
		return fmt.Errorf("event: %w", err)
	}
	return nil
}
