package database

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func onNFS(string) (string, error) { return "nfs", nil }

func TestOnASharedFileSystemTheOldJournalIsUsedAndNoMemoryIsShared(t *testing.T) {
	for kind, want := range map[string]string{"nfs": "delete", "lustre": "delete", "fuse": "delete", "9p": "delete", "": "wal"} {
		file := filepath.Join(t.TempDir(), "runs.db")
		d, err := SQLite{File: file, FileSystem: func(string) (string, error) { return kind, nil }}.Open()
		if err != nil {
			t.Fatal(err)
		}
		var mode string
		if err := d.QueryRow(t.Context(), "PRAGMA journal_mode").Scan(&mode); err != nil || mode != want {
			t.Errorf("%q: journal %s, want %s, %v", kind, mode, want, err)
		}
		_, err = os.Stat(file + "-shm")
		if isShared := err == nil; isShared != (want == "wal") {
			t.Errorf("%q: memory is shared: %v", kind, isShared)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if left, err := filepath.Glob(file + ".host-*"); err != nil || len(left) != 0 {
			t.Errorf("%q leaves %v, %v", kind, left, err)
		}
	}
}

// A ledger that was made on a local disk may be moved to a shared one.
func TestAWALLedgerIsTurnedIntoTheOldJournal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runs.db")
	d, err := SQLite{File: file}.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(insertRun(t, d, "0199aaaa"), d.Close()); err != nil {
		t.Fatal(err)
	}
	if d, err = (SQLite{File: file, FileSystem: onNFS}).Open(); err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := insertRun(t, d, "0199bbbb"); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := d.QueryRow(t.Context(), "SELECT count(*) FROM runs").Scan(&n); err != nil || n != 2 {
		t.Errorf("%d runs, %v", n, err)
	}
}

func insertRun(t *testing.T, d *DB, id string) error {
	t.Helper()
	return d.Update(t.Context(), func(tx *Tx) error {
		_, err := tx.Exec("INSERT INTO runs (id, recipe, fingerprint, job, created_ms) VALUES (?, '', '', '{}', 0)", id)
		return err
	})
}

func TestProcessesOfOneHostShareALedgerAndAnotherHostIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a[b]*", "runs.db")
	shared := SQLite{File: file, FileSystem: onNFS}
	first, err := shared.Open()
	if err != nil {
		t.Fatal(err)
	}
	second, err := shared.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(insertRun(t, first, "a"), insertRun(t, second, "b"), first.Close(), second.Close()); err != nil {
		t.Fatal(err)
	}
	other := file + ".host-login2-0123abcd"
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = shared.Open()
	if !errors.Is(err, ErrOtherHost) {
		t.Fatalf("beside login2: %v", err)
	}
	for _, want := range []string{"nfs", "login2", "--home", "--ledger"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
	long := time.Now().Add(-claimAge - time.Minute)
	if err := os.Chtimes(other, long, long); err != nil {
		t.Fatal(err)
	}
	third, err := shared.Open()
	if err != nil {
		t.Fatalf("login2 died long ago: %v", err)
	}
	defer third.Close()
	if _, err := os.Stat(other); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its claim is still there, %v", err)
	}
}

func TestAProcessWhoseClaimWasTakenForOldWritesNoMore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runs.db")
	d, err := SQLite{File: file, FileSystem: onNFS}.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	claim := d.engine.(*sqliteEngine).claim
	before, err := os.Stat(claim.path)
	if err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-claimAge)
	if err := os.Chtimes(claim.path, long, long); err != nil {
		t.Fatal(err)
	}
	claim.renew()
	if now, err := os.Stat(claim.path); err != nil || now.ModTime().Before(before.ModTime()) {
		t.Errorf("it was not renewed: %v", err)
	}
	if err := os.Remove(claim.path); err != nil {
		t.Fatal(err)
	}
	claim.renew()
	if err := insertRun(t, d, "a"); !errors.Is(err, ErrOtherHost) {
		t.Errorf("it writes on: %v", err)
	}
}

func TestAFileSystemThatCannotBeAskedIsRefused(t *testing.T) {
	none := errors.New("no answer")
	_, err := SQLite{File: filepath.Join(t.TempDir(), "runs.db"), FileSystem: func(string) (string, error) { return "", none }}.Open()
	if !errors.Is(err, none) {
		t.Errorf("%v", err)
	}
	if _, err := fileSystem(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a directory that is not there has a file system")
	}
}

func TestATransactionThatFailsLeavesNothing(t *testing.T) {
	for name, d := range engines(t) {
		broken := errors.New("broken")
		err := d.Update(t.Context(), func(tx *Tx) error {
			_, err := tx.Exec("INSERT INTO runs (id, recipe, fingerprint, job, created_ms) VALUES (?, '', '', '{}', 0)", "a")
			return errors.Join(err, broken)
		})
		var n int
		if errScan := d.QueryRow(context.Background(), "SELECT count(*) FROM runs").Scan(&n); !errors.Is(err, broken) || n != 0 || errScan != nil {
			t.Errorf("%s: %d runs, %v, %v", name, n, err, errScan)
		}
	}
}
