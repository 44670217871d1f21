package database

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// BusyTimeout is how long one process waits for another one's transaction, or for
// its lock. Transactions here take milliseconds; the rest is for a loaded machine.
const BusyTimeout = 15 * time.Second

// A DB is an open database. Any number of processes may have it open at once.
type DB struct {
	pool *sql.DB
	// Place is the file, or the URL without its password.
	Place string
	// Fresh says that the tables were made when it was opened.
	Fresh bool
	// ReadOnly is why nothing can be written; nil where it can.
	ReadOnly error

	engine engine
}

// An engine is what differs between the two.
type engine interface {
	// begin starts a transaction that writes, alone or not.
	begin(ctx context.Context, pool *sql.DB, alone bool) (*Tx, error)
	// fault puts an error of the engine into words; nil for one that is not its own.
	fault(err error) error
	// check looks through everything.
	check(ctx context.Context, pool *sql.DB) error
	// write spells a statement as the engine takes it.
	write(statement string) string
	close() error
}

// A Tx is one transaction.
type Tx struct {
	tx     *sql.Tx
	engine engine
	// copy adds many rows in the engine's quickest way; nil where it has none but
	// statements.
	copy func(table string, columns []string, rows [][]any) error
	done func() // gives back what the transaction stood on
}

// Exec runs a statement without rows.
func (t *Tx) Exec(statement string, args ...any) (sql.Result, error) {
	return t.tx.Exec(t.engine.write(statement), args...)
}

// Query runs a statement with rows, which the caller closes.
func (t *Tx) Query(statement string, args ...any) (*sql.Rows, error) {
	return t.tx.Query(t.engine.write(statement), args...)
}

// QueryRow runs a statement with one row.
func (t *Tx) QueryRow(statement string, args ...any) *sql.Row {
	return t.tx.QueryRow(t.engine.write(statement), args...)
}

// Prepare prepares a statement, which the caller closes.
func (t *Tx) Prepare(statement string) (*sql.Stmt, error) {
	return t.tx.Prepare(t.engine.write(statement))
}

// Copies reports whether Copy can be called.
func (t *Tx) Copies() bool { return t.copy != nil }

// Copy adds rows to a table, far quicker than statements do.
func (t *Tx) Copy(table string, columns []string, rows [][]any) error {
	return t.copy(table, columns, rows)
}

// Update runs f in one transaction, committed when f returns nil. No other Update
// of any process runs beside it.
func (d *DB) Update(ctx context.Context, f func(*Tx) error) error { return d.write(ctx, true, f) }

// Append is an Update that adds what only its caller writes: in PostgreSQL any
// number of them run side by side.
func (d *DB) Append(ctx context.Context, f func(*Tx) error) error { return d.write(ctx, false, f) }

func (d *DB) write(ctx context.Context, alone bool, f func(*Tx) error) error {
	if d.ReadOnly != nil {
		return d.ReadOnly
	}
	tx, err := d.engine.begin(ctx, d.pool, alone)
	if err != nil {
		return d.Fault(err)
	}
	return d.run(tx, f)
}

func (d *DB) run(tx *Tx, f func(*Tx) error) error {
	if tx.done != nil {
		defer tx.done()
	}
	defer tx.tx.Rollback() // after a commit it does nothing
	if err := f(tx); err != nil {
		return d.Fault(err)
	}
	return d.Fault(tx.tx.Commit())
}

// Query runs a statement with rows, which the caller closes.
func (d *DB) Query(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	rows, err := d.pool.QueryContext(ctx, d.engine.write(statement), args...)
	return rows, d.Fault(err)
}

// QueryRow runs a statement with one row.
func (d *DB) QueryRow(ctx context.Context, statement string, args ...any) *sql.Row {
	return d.pool.QueryRowContext(ctx, d.engine.write(statement), args...)
}

// Fault puts an error of the engine into words; others, and those that are words
// already, come back as they are.
func (d *DB) Fault(err error) error {
	var already *inWords
	if err == nil || errors.As(err, &already) {
		return err
	}
	if words := d.engine.fault(err); words != nil {
		return &inWords{words}
	}
	return err
}

type inWords struct{ error }

func (w *inWords) Unwrap() error { return w.error }

// Check looks through everything, and returns ErrDamaged where a part of it is
// broken or missing.
func (d *DB) Check(ctx context.Context) error { return d.Fault(d.engine.check(ctx, d.pool)) }

// Close waits for running statements and closes it.
func (d *DB) Close() error { return errors.Join(d.pool.Close(), d.engine.close()) }
