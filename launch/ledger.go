package launch

import (
	"context"
	"strings"

	"trainyard/launch/database"
)

// A Ledger is the memory of all runs, in one database that any number of processes
// may have open at once. What a method has returned from is on disk.
type Ledger struct {
	db *database.DB
}

// What is wrong with a ledger; see [database].
var (
	// ErrDamaged: the ledger's file is no database any more, or a part of it is
	// missing. Rebuild makes it anew.
	ErrDamaged = database.ErrDamaged
	// ErrDiskFull: nothing can be written; what is there can be read.
	ErrDiskFull = database.ErrDiskFull
)

// Unrecorded is database.Unrecorded.
func Unrecorded(err error) bool { return database.Unrecorded(err) }

// OpenLedger opens the ledger at a place: a file of SQLite, which is made with its
// directory, for the user alone, where there is none; or the URL of a PostgreSQL
// database. On a full disk a file can be read and not written.
func OpenLedger(place string) (*Ledger, error) {
	if IsURL(place) {
		db, err := database.OpenPostgres(context.Background(), place)
		return ledgerOf(db, err)
	}
	db, err := database.SQLite{File: place}.Open()
	return ledgerOf(db, err)
}

func ledgerOf(db *database.DB, err error) (*Ledger, error) {
	if err != nil {
		return nil, err
	}
	return &Ledger{db: db}, nil
}

// IsURL reports whether the place of a ledger is a database, and no file.
func IsURL(place string) bool {
	return strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://")
}

// HoldsPassword reports whether the URL of a ledger has a password in it.
func HoldsPassword(place string) bool { return database.HoldsPassword(place) }

// Fresh reports whether the ledger was made, or was empty, when it was opened:
// what runs there are stands in their directories alone.
func (l *Ledger) Fresh() bool { return l.db.Fresh }

// Close waits for running statements and closes the ledger.
func (l *Ledger) Close() error { return l.db.Close() }

// update runs f in one transaction, beside which no other one of any process
// changes a state, a price or a run.
func (l *Ledger) update(ctx context.Context, f func(*database.Tx) error) error {
	return l.db.Update(ctx, f)
}
