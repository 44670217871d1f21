package launch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite"
)

// A Ledger is the memory of all runs: one SQLite file that any number of
// processes may open at once. What a method has returned from is on disk
// (WAL with synchronous=FULL). The file must lie on a local disk: SQLite's WAL
// does not work on network file systems.
type Ledger struct {
	db   *sql.DB
	path string
}

// busyTimeout is how long one process waits for another one's transaction.
// Transactions here take milliseconds; the rest is for a loaded machine.
const busyTimeout = 15 * time.Second

// OpenLedger opens the ledger in file, and makes it and its directory, for the
// user alone, where there is none.
func OpenLedger(file string) (*Ledger, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	options := url.Values{
		"_txlock": {"immediate"}, // a transaction that will write says so first, and waits
		"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
			"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		},
	}
	name := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: options.Encode()}).String()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("open ledger %s: %w", file, err)
	}
	l := &Ledger{db: db, path: file}
	if err := l.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("open ledger %s: %w", file, err), db.Close())
	}
	return l, nil
}

// prepare brings the file to this program's schema. Processes that meet at a
// new file are put in a row by a file lock: SQLite does not wait for its own
// busy timeout while the journal mode changes.
func (l *Ledger) prepare() error {
	unlock, err := lockFile(context.Background(), l.path+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	return l.update(context.Background(), migrate)
}

// Close waits for running statements and closes the file.
func (l *Ledger) Close() error { return l.db.Close() }

// update runs f in one transaction, committed when f returns nil.
func (l *Ledger) update(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}
