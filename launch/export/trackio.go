package export

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// trackioTables are those of trackio 0.43 (trackio/sqlite_storage.py) that a run
// needs; trackio adds the others when it opens the file. log_id is unique, so a
// replay of a step changes nothing.
const trackioTables = `
CREATE TABLE IF NOT EXISTS metrics (
	id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, timestamp TEXT NOT NULL, run_name TEXT NOT NULL,
	step INTEGER NOT NULL, metrics TEXT NOT NULL, log_id TEXT, space_id TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS idx_metrics_log_id ON metrics(log_id) WHERE log_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_metrics_run_step ON metrics(run_id, step);
CREATE TABLE IF NOT EXISTS configs (
	id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, run_name TEXT NOT NULL, config TEXT NOT NULL,
	created_at TEXT NOT NULL, UNIQUE(run_id));
`

func writeTrackio(ctx context.Context, place string, run Run) (string, error) {
	if err := os.MkdirAll(place, 0o755); err != nil {
		return "", err
	}
	project := trackioName.ReplaceAllString(run.project(), "_")
	db, err := sql.Open("sqlite", "file:"+filepath.Join(place, project+".db")+"?_pragma=busy_timeout(15000)&_txlock=immediate")
	if err != nil {
		return "", err
	}
	err = inTransaction(ctx, db, func(tx *sql.Tx) error { return trackioRun(tx, run) })
	if err := errors.Join(err, db.Close()); err != nil {
		return "", fmt.Errorf("trackio project %s: %w", project, err)
	}
	return "trackio show --project " + project, nil
}

// trackioName is what a project's file name may not have.
var trackioName = regexp.MustCompile(`[^A-Za-z0-9_-]`)

func inTransaction(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func trackioRun(tx *sql.Tx, run Run) error {
	if _, err := tx.Exec(trackioTables); err != nil {
		return err
	}
	name := strings.TrimSpace(run.Name + " " + run.ID[:min(8, len(run.ID))])
	config := map[string]any{"_Created": trackioTime(run.Created), "_Username": run.User, "trainyard_run": run.ID}
	for key, value := range run.Params {
		config[key] = value
	}
	if _, err := tx.Exec(`INSERT INTO configs (run_id, run_name, config, created_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (run_id) DO UPDATE SET config = excluded.config`, run.ID, name, jsonText(config), trackioTime(run.Created)); err != nil {
		return err
	}
	for _, r := range run.rows() {
		values := map[string]any{}
		for key, v := range r.values {
			values[key] = number(v)
		}
		if _, err := tx.Exec(`INSERT INTO metrics (run_id, timestamp, run_name, step, metrics, log_id) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (log_id) WHERE log_id IS NOT NULL DO UPDATE SET metrics = excluded.metrics, timestamp = excluded.timestamp`,
			run.ID, trackioTime(r.at), name, r.step, jsonText(values), fmt.Sprintf("trainyard-%s-%d", run.ID, r.step)); err != nil {
			return err
		}
	}
	return nil
}

func trackioTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000+00:00") }
