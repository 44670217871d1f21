package launch

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver

	"trainyard/launch/database"
)

// DieAt calls f at the points between which a launcher may be killed.
func (l *Launcher) DieAt(f func(point string)) { l.at = f }

// Begin starts a run that is pending in the ledger, without the lock that
// keeps a second launcher of the same run away.
func (l *Launcher) Begin(ctx context.Context, run Run, cmd Command) (Run, error) {
	backend, err := l.backend(run.Job.Backend)
	if err != nil {
		return run, err
	}
	return l.begin(ctx, run, cmd, backend)
}

// Create is [Ledger.Intend] for a run of which nothing more is known.
func (l *Ledger) Create(ctx context.Context, id string, job Job, cmd Command) (Run, error) {
	return l.Intend(ctx, Intent{ID: id, Job: job, Command: cmd})
}

// Place is where the ledger lies: a file, or a URL without its password.
func (l *Ledger) Place() string { return l.db.Place }

// Exec runs a statement by itself, as nothing but a test does.
func (l *Ledger) Exec(ctx context.Context, statement string, args ...any) error {
	rows, err := l.db.Query(ctx, statement, args...)
	if err != nil {
		return err
	}
	for rows.Next() { // a PRAGMA has some
	}
	return errors.Join(rows.Err(), rows.Close())
}

// ParseMetric reads the first object with a step in one line of a trainer's log.
// Lines without one are none of ours: ok is false.
func ParseMetric(line []byte) (m Metric, ok bool) {
	metrics, _ := readLine(nil, line)
	if len(metrics) == 0 {
		return Metric{}, false
	}
	return metrics[0], true
}

// EngineVariable names the engine that the tests of this package use for ledgers:
// empty for a file, "shared" for one on a file system of several hosts, or the URL
// of a PostgreSQL database. Programs that a test starts inherit it.
const EngineVariable = "TRAINYARD_TEST_LEDGER"

// OpenForTest opens the ledger that a file names, with the engine of the tests: in
// PostgreSQL each name has a schema of its own.
func OpenForTest(file string) (*Ledger, error) {
	switch engine := os.Getenv(EngineVariable); engine {
	case "":
		return OpenLedger(file)
	case "shared":
		db, err := database.SQLite{File: file, FileSystem: func(string) (string, error) { return "nfs", nil }}.Open()
		return ledgerOf(db, err)
	default:
		schema := fmt.Sprintf("t%x", sha256.Sum256([]byte(file)))[:40]
		if err := createSchema(engine, schema); err != nil {
			return nil, err
		}
		return OpenLedger(engine + "&search_path=" + url.QueryEscape(schema))
	}
}

// createSchema makes a schema once, of processes that meet at it.
func createSchema(url, schema string) error {
	pool, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.Exec("SELECT pg_advisory_xact_lock(1); CREATE SCHEMA IF NOT EXISTS " + schema)
	return err
}

// onlySQLite skips what is about files.
func onlySQLite(t *testing.T) {
	t.Helper()
	if IsURL(os.Getenv(EngineVariable)) {
		t.Skip("about the files of SQLite")
	}
}

// onlyLocal skips what is about files on a local disk.
func onlyLocal(t *testing.T) {
	t.Helper()
	if os.Getenv(EngineVariable) != "" {
		t.Skip("about a local disk")
	}
}

var everyState = []State{Pending, Starting, Queued, Running, Stopping, Succeeded, Failed, Cancelled, Preempted, Lost}
