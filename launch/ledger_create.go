package launch

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Create writes the intent to run job: a new run whose first attempt is
// pending. Nothing is started. The run comes back as the ledger has it, without
// values of secrets, and is not read again: once it is written, no error may
// hide its id.
func (l *Ledger) Create(ctx context.Context, id string, job Job, cmd Command) (Run, error) {
	stored, err := json.Marshal(job)
	if err != nil {
		return Run{}, fmt.Errorf("ledger: job of %s: %w", job.Recipe, err)
	}
	now := time.Now()
	run := Run{ID: id, CreatedAt: time.UnixMilli(now.UnixMilli()), Attempt: Attempt{N: 1, State: Pending, Progress: cmd.Progress, Output: cmd.OutputDir()}}
	if err := json.Unmarshal(stored, &run.Job); err != nil {
		return Run{}, fmt.Errorf("ledger: job of %s: %w", job.Recipe, err)
	}
	err = l.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO runs (id, recipe, fingerprint, job, created_ms) VALUES (?, ?, ?, ?, ?)`,
			id, job.Recipe, job.Fingerprint, string(stored), now.UnixMilli())
		if err != nil {
			return fmt.Errorf("create run: %w", err)
		}
		if _, err := tx.Exec(`INSERT INTO attempts (run, n, state, progress, output) VALUES (?, 1, ?, ?, ?)`, id, Pending, run.Progress, run.Output); err != nil {
			return fmt.Errorf("create attempt: %w", err)
		}
		return insertEvent(tx, id, 1, now, Pending, "asked for")
	})
	if err != nil {
		return Run{}, err
	}
	return run, nil
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

func insertEvent(tx *sql.Tx, run string, attempt int, at time.Time, state State, text string) error {
	_, err := tx.Exec(`INSERT INTO events (run, attempt, at_ms, state, text) VALUES (?, ?, ?, ?, ?)`,
		run, attempt, at.UnixMilli(), state, text)
	if err != nil {
		return fmt.Errorf("event: %w", err)
	}
	return nil
}
