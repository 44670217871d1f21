package database

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Who only reads waits for no transaction of another.
func TestALedgerIsOpenedWhileAnotherWrites(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runs.db")
	writer := opened(t, file)
	err := writer.Update(t.Context(), func(*Tx) error {
		reader := opened(t, file)
		var n int
		return reader.QueryRow(t.Context(), `SELECT count(*) FROM runs`).Scan(&n)
	})
	if err != nil {
		t.Error(err)
	}
}

func opened(t *testing.T, file string) *DB {
	t.Helper()
	d, err := SQLite{File: file}.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// readBy names the file that the test below reads in a process of another user.
const readBy = "TRAINYARD_TEST_READ_LEDGER"

// A ledger of another user, or on a disk that is mounted to be read, can be read.
func TestALedgerThatMayNotBeWrittenIsRead(t *testing.T) {
	if file := os.Getenv(readBy); file != "" {
		readOnly(t, file)
		return
	}
	dir, err := os.MkdirTemp("", "ledger")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	home := filepath.Join(dir, "home")
	file := filepath.Join(home, "runs.db")
	d, err := SQLite{File: file}.Open()
	if err == nil {
		err = d.Close()
	}
	for _, err := range []error{err, os.Chmod(file, 0o444), os.Chmod(home, 0o555), os.Chmod(dir, 0o755)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	defer func() {
		if err := os.Chmod(home, 0o755); err != nil { // so that it can be removed
			t.Error(err)
		}
	}()
	if os.Geteuid() != 0 {
		readOnly(t, file)
		return
	}
	asAnother(t, dir, file)
}

func readOnly(t *testing.T, file string) {
	d, err := SQLite{File: file}.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var n int
	if err := d.QueryRow(t.Context(), `SELECT count(*) FROM runs`).Scan(&n); err != nil {
		t.Error(err)
	}
	if err := d.Update(t.Context(), func(*Tx) error { return nil }); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("written to: %v", err)
	}
}

// asAnother runs this test by a user who may do nothing: root may write everything.
func asAnother(t *testing.T, dir, file string) {
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Skip("there is no way to be another user here:", err)
	}
	defer self.Close()
	program := filepath.Join(dir, "reader")
	copied, err := os.OpenFile(program, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(copied, self)
	if err := errors.Join(err, copied.Close()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Dir, cmd.Env = dir, []string{readBy + "=" + file}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
