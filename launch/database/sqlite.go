package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"trainyard/launch/files"
)

// SQLite says where a ledger's file lies.
type SQLite struct {
	File string
	// FileSystem tells the kind of file system that a directory lies on; nil asks
	// statfs.
	FileSystem func(dir string) (string, error)
}

// Open opens the file, and makes it and its directory, for the user alone, where
// there is none. On a full disk, where SQLite cannot open a file as usual, it can be
// read and not written.
func (s SQLite) Open() (*DB, error) {
	if err := private(s.File); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	journal, claim, err := s.journal()
	if err != nil {
		return nil, fmt.Errorf("open ledger %s: %w", s.File, err)
	}
	d, err := open(s.File, url.Values{
		"_txlock": {"immediate"}, // a transaction that will write says so first, and waits
		"_pragma": {busyPragma, "journal_mode(" + journal + ")", "synchronous(FULL)", "foreign_keys(1)"},
	}, claim, prepare)
	switch {
	case err != nil && diskFull(filepath.Dir(s.File)):
		return openFull(s.File)
	case err != nil && !writable(s.File):
		return openFixed(s.File, err)
	case err == nil && !writable(s.File):
		d.ReadOnly = notOurs(s.File)
	}
	return d, err
}

// journal is WAL, or the old journal, for the processes of one host, where that
// does not work.
func (s SQLite) journal() (mode string, claim *Claim, err error) {
	ask := s.FileSystem
	if ask == nil {
		ask = fileSystem
	}
	dir := filepath.Dir(s.File)
	kind, err := ask(dir)
	if err != nil {
		return "", nil, err
	}
	if !shared[kind] {
		return "WAL", nil, nil
	}
	claim, err = claimHost(s.File, kind)
	return "DELETE", claim, err
}

var busyPragma = fmt.Sprintf("busy_timeout(%d)", BusyTimeout.Milliseconds())

// openFull reads a ledger without the file of shared memory for which a full
// disk has no room: a process that locks the ledger for itself needs none.
func openFull(file string) (*DB, error) {
	d, err := open(file, url.Values{"_pragma": {busyPragma, "locking_mode(EXCLUSIVE)"}}, nil, known)
	if err != nil {
		return nil, err
	}
	d.ReadOnly = fullDisk(filepath.Dir(file))
	return d, nil
}

// openFixed reads a ledger that this user may not write, nor make a file of shared memory
// beside. Nothing that stands in a log beside it could be read, so that there must be none.
func openFixed(file string, cause error) (*DB, error) {
	if info, err := os.Stat(file + "-wal"); err == nil && info.Size() > 0 {
		return nil, fmt.Errorf("%w; it may not be written here, and another process has it open or died: ask who may write it to run `trainyard runs` once", cause)
	}
	d, err := open(file, url.Values{"immutable": {"1"}, "mode": {"ro"}}, nil, known)
	if err != nil {
		return nil, errors.Join(cause, err)
	}
	d.ReadOnly = notOurs(file)
	return d, nil
}

func open(file string, options url.Values, claim *Claim, prepare func(*DB, string) error) (*DB, error) {
	name := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: options.Encode()}).String()
	pool, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open ledger %s: %w", file, err), claim.release())
	}
	if _, isOpen := options["_txlock"]; !isOpen {
		pool.SetMaxOpenConns(1) // another connection would wait for our own lock
	}
	d := &DB{pool: pool, Place: file, engine: &sqliteEngine{file: file, claim: claim}}
	if err := prepare(d, file); err != nil {
		return nil, errors.Join(fmt.Errorf("open ledger %s: %w", file, d.Fault(err)), d.Close())
	}
	return d, nil
}

// prepare brings the file to this program's schema. Processes that meet at a
// new file are put in a row by a file lock: SQLite does not wait for its own
// busy timeout while the journal mode changes.
//
// A file that has the schema already is not written to, so that a reader waits for no
// transaction of another process, and may be one who may not write.
func prepare(d *DB, file string) error {
	if prepared(d, file) {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), BusyTimeout, fmt.Errorf("waited for %v", BusyTimeout))
	defer cancel()
	unlock, err := files.WaitLock(ctx, file+".lock")
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		return err
	}
	if err == nil {
		defer unlock()
	}
	return d.Update(context.Background(), func(tx *Tx) (err error) {
		d.Fresh, err = migrate(tx)
		return err
	})
}

// prepared looks at a file that is not new. What goes wrong shows again when the file is
// brought up to date.
func prepared(d *DB, file string) bool {
	info, err := os.Stat(file)
	if err != nil || info.Size() == 0 {
		return false
	}
	var version int
	err = d.QueryRow(context.Background(), "PRAGMA user_version").Scan(&version)
	return err == nil && version == len(schemas)
}

// migrate applies what is missing. The version is SQLite's user_version, so it
// changes in the same transaction as the tables. fresh says that there was none.
func migrate(tx *Tx) (fresh bool, err error) {
	var version int
	if err := tx.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return false, err
	}
	if version > len(schemas) {
		return false, tooNew(int64(version), int64(len(schemas)))
	}
	if version == len(schemas) {
		return false, nil
	}
	for _, schema := range schemas[version:] {
		if _, err := tx.Exec(schema); err != nil {
			return false, fmt.Errorf("schema: %w", err)
		}
	}
	_, err = tx.Exec(fmt.Sprintf("PRAGMA user_version = %d", len(schemas)))
	return version == 0, err
}

func tooNew(found, known int64) error {
	return fmt.Errorf("it has schema %d and this trainyard knows %d: use the newer trainyard that wrote it", found, known)
}

// known refuses a ledger that a migration would have to write first.
func known(d *DB, file string) error {
	var version int
	if err := d.QueryRow(context.Background(), "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version != len(schemas) {
		return fullDisk(filepath.Dir(file))
	}
	return nil
}

type sqliteEngine struct {
	file  string
	claim *Claim
}

func (s *sqliteEngine) begin(ctx context.Context, pool *sql.DB, _ bool) (*Tx, error) {
	if err := s.claim.holds(); err != nil {
		return nil, err
	}
	tx, err := pool.BeginTx(ctx, nil)
	return &Tx{tx: tx, engine: s}, err
}

func (s *sqliteEngine) write(statement string) string { return statement }

func (s *sqliteEngine) close() error { return s.claim.release() }

func (s *sqliteEngine) check(ctx context.Context, pool *sql.DB) error {
	var verdict string
	if err := pool.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s: %.200q", ErrDamaged, s.file, verdict)
	}
	return nil
}
