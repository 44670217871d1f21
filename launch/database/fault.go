package database

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrDamaged: the ledger's file is no database any more, or a part of it is
// missing. Rebuild makes it anew.
var ErrDamaged = errors.New("the ledger is damaged")

// ErrDiskFull: nothing can be written; what is there can be read.
var ErrDiskFull = errors.New("the disk is full")

// ErrReadOnly: the ledger is another user's, or lies where nothing can be written; what
// is there can be read.
var ErrReadOnly = errors.New("the ledger can be read here and not be written")

// Unrecorded reports whether an error says only that nothing new is recorded: what was
// found out is right all the same.
func Unrecorded(err error) bool {
	return errors.Is(err, ErrDiskFull) || errors.Is(err, ErrReadOnly)
}

// fault puts into words what SQLite tells as a number.
func (s *sqliteEngine) fault(err error) error {
	var told *sqlite.Error
	if !errors.As(err, &told) {
		return nil
	}
	dir := filepath.Dir(s.file)
	switch told.Code() & 0xff { // the rest says more of the same
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w (%s: %w); `trainyard reconcile --rebuild` makes it anew from the directories of the runs and keeps the damaged file", ErrDamaged, s.file, err)
	case sqlite3.SQLITE_FULL:
		return fullDisk(dir)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		if diskFull(dir) {
			return fullDisk(dir)
		}
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("ledger: another process has held %s for %v: %w", s.file, BusyTimeout, err)
	}
	return fmt.Errorf("ledger: %w", err)
}

func fullDisk(dir string) error {
	return fmt.Errorf("%w: free some space where %s lies; until then runs are shown as they stand, and nothing new of them is recorded", ErrDiskFull, dir)
}

// plainError puts a full disk into the same words wherever it is met.
func plainError(dir string, err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fullDisk(dir)
	}
	return err
}

// spare is less than the smallest thing that SQLite asks for, its file of shared
// memory.
const spare = 128 << 10

// diskFull reports whether there is no room left for what is written here.
func diskFull(dir string) bool {
	var fs syscall.Statfs_t
	return syscall.Statfs(dir, &fs) == nil && uint64(fs.Bavail)*uint64(fs.Bsize) < spare
}

// ourName matches what lies in the state directory.
var ourName = regexp.MustCompile(`^(runs|datasets|samples|cache|tokenizers|runs\.db.*|\..*)$`)
