package launch

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format/durable/disktest"
)

func TestALedgerOnAFullDiskCanBeReadAndSaysWhyItCannotBeWritten(t *testing.T) {
	disk := disktest.Small(t, "2m")
	file := LedgerFile(filepath.Join(disk, "home"))
	l, err := OpenLedger(file)
	if err != nil {
		t.Fatal(err)
	}
	run := create(t, l, "0199aaaa")
	advance(t, l, run, Starting, Running)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	disktest.Fill(t, filepath.Join(disk, "checkpoint"))
	if l, err = OpenLedger(file); err != nil {
		t.Fatal(err)
	}
	runs, err := l.Runs(t.Context(), 0)
	if err != nil || len(runs) != 1 || runs[0].State != Running {
		t.Errorf("%+v, %v", runs, err)
	}
	if events, err := l.Events(t.Context(), run.ID); err != nil || len(events) != 3 {
		t.Errorf("%+v, %v", events, err)
	}
	_, err = l.Advance(t.Context(), run.ID, 1, Change{To: Failed})
	if !errors.Is(err, ErrDiskFull) || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("a write: %v", err)
	}
	if err := errors.Join(l.Close(), os.Remove(filepath.Join(disk, "checkpoint"))); err != nil {
		t.Fatal(err)
	}
	if l, err = OpenLedger(file); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	advance(t, l, run, Failed)
}

func TestALedgerThatIsOpenWhenTheDiskFillsSaysSo(t *testing.T) {
	disk := disktest.Small(t, "2m")
	l, err := OpenLedger(LedgerFile(filepath.Join(disk, "home")))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	run := create(t, l, "0199aaaa")
	disktest.Fill(t, filepath.Join(disk, "checkpoint"))
	for range 100 { // some room may be left in files that are there already
		if err = l.Note(t.Context(), run.ID, 1, strings.Repeat("words ", 1000)); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrDiskFull) {
		t.Errorf("%v", err)
	}
	if got, err := l.Run(t.Context(), run.ID); err != nil || got.ID != run.ID {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestARunIsRightOnAFullDisk(t *testing.T) {
	disk := disktest.Small(t, "2m")
	l := &Launcher{Home: filepath.Join(disk, "home")}
	var err error
	if l.Ledger, err = OpenLedger(LedgerFile(l.Home)); err != nil {
		t.Fatal(err)
	}
	run := create(t, l.Ledger, "0199aaaa")
	advance(t, l.Ledger, run, Starting, Running)
	if err := l.Ledger.Close(); err != nil {
		t.Fatal(err)
	}
	disktest.Fill(t, filepath.Join(disk, "checkpoint"))
	if l.Ledger, err = OpenLedger(LedgerFile(l.Home)); err != nil {
		t.Fatal(err)
	}
	defer l.Ledger.Close()
	now, err := l.record(t.Context(), run, Status{State: Failed, Reason: "exited with code 1", Code: 1})
	if !errors.Is(err, ErrDiskFull) || now.State != Failed || now.ExitCode == nil || *now.ExitCode != 1 {
		t.Errorf("%+v, %v", now.Attempt, err)
	}
}
