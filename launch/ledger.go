package launch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"trainyard/launch/files"
)

// A Ledger is the memory of all runs: one SQLite file that any number of
// processes may open at once. What a method has returned from is on disk
// (WAL with synchronous=FULL). The file must lie on a local disk: SQLite's WAL
// does not work on network file systems.
type Ledger struct {
	db   *sql.DB
	path string
	// fresh says that the file was made, or was empty, when it was opened.
	fresh bool
	// readOnly is why nothing can be written; nil where it can.
	readOnly error
}

// busyTimeout is how long one process waits for another one's transaction, or
// for its lock. Transactions here take milliseconds; the rest is for a loaded
// machine.
const busyTimeout = 15 * time.Second

// OpenLedger opens the ledger in file, and makes it and its directory, for the
// user alone, where there is none. On a full disk, where SQLite cannot open a
// file as usual, it can be read and not written.
func OpenLedger(file string) (*Ledger, error) {
	if err := private(file); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	l, err := open(file, url.Values{
		"_txlock": {"immediate"}, // a transaction that will write says so first, and waits
		"_pragma": {busyPragma, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"},
	}, (*Ledger).prepare)
	if err != nil && diskFull(filepath.Dir(file)) {
		return openFull(file)
	}
	return l, err
}

var busyPragma = fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds())

// openFull reads a ledger without the file of shared memory for which a full
// disk has no room: a process that locks the ledger for itself needs none.
func openFull(file string) (*Ledger, error) {
	l, err := open(file, url.Values{"_pragma": {busyPragma, "locking_mode(EXCLUSIVE)"}}, (*Ledger).known)
	if err != nil {
		return nil, err
	}
	l.readOnly = fullDisk(filepath.Dir(file))
	return l, nil
}

func open(file string, options url.Values, prepare func(*Ledger) error) (*Ledger, error) {
	name := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: options.Encode()}).String()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("open ledger %s: %w", file, err)
	}
	if _, isOpen := options["_txlock"]; !isOpen {
		db.SetMaxOpenConns(1) // another connection would wait for our own lock
	}
	l := &Ledger{db: db, path: file}
	if err := prepare(l); err != nil {
		return nil, errors.Join(fmt.Errorf("open ledger %s: %w", file, l.fault(err)), db.Close())
	}
	return l, nil
}

// prepare brings the file to this program's schema. Processes that meet at a
// new file are put in a row by a file lock: SQLite does not wait for its own
// busy timeout while the journal mode changes.
func (l *Ledger) prepare() error {
	ctx, cancel := context.WithTimeoutCause(context.Background(), busyTimeout, fmt.Errorf("waited for %v", busyTimeout))
	defer cancel()
	unlock, err := lockFile(ctx, l.path+".lock")
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		return err
	}
	if err == nil {
		defer unlock()
	}
	return l.update(context.Background(), func(tx *sql.Tx) (err error) {
		l.fresh, err = migrate(tx)
		return err
	})
}

// known refuses a ledger that a migration would have to write first.
func (l *Ledger) known() error {
	var version int
	if err := l.db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version != len(schemas) {
		return fullDisk(filepath.Dir(l.path))
	}
	return nil
}

// Fresh reports whether the file was made, or was empty, when it was opened:
// what runs there are stands in their directories alone.
func (l *Ledger) Fresh() bool { return l.fresh }

// Close waits for running statements and closes the file.
func (l *Ledger) Close() error { return l.db.Close() }

// update runs f in one transaction, committed when f returns nil.
func (l *Ledger) update(ctx context.Context, f func(*sql.Tx) error) error {
	if l.readOnly != nil {
		return l.readOnly
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return l.fault(err)
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return l.fault(err)
	}
	return l.fault(tx.Commit())
}

// private makes the file and its directory for the user alone. A directory that
// holds other things too, such as /tmp, is not ours to close.
func private(file string) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := makePrivate(file); err != nil {
		return plainError(dir, err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if err := files.Regular(file, info); err != nil {
		return err
	}
	tighten(file, 0o600)
	if ours(dir) {
		tighten(dir, 0o700)
	}
	return nil
}

// makePrivate makes the file where there is none. One that is there is not opened:
// closing it would give back the locks that SQLite holds on it in this process.
func makePrivate(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// tighten takes from others what they may do. Where the file is another user's,
// it is that user's business.
func tighten(path string, mode os.FileMode) {
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&^mode != 0 && info.Mode()&os.ModeSticky == 0 {
		_ = os.Chmod(path, info.Mode().Perm()&mode)
	}
}

// ours reports whether a directory holds only what trainyard puts into its home.
func ours(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if !ourName.MatchString(e.Name()) {
			return false
		}
	}
	return true
}
