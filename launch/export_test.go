package launch

import (
	"context"
	"crypto/sha256"
	"database/sql"
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
