package launch

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch/files"
)

func TestOneBadRowDoesNotHideTheOthers(t *testing.T) {
	for name, spoil := range map[string]string{
		"no JSON":               `UPDATE runs SET job = 'no JSON' WHERE id = '0199bbbb'`,
		"a job of another type": `UPDATE runs SET job = '{"epochs": "many"}' WHERE id = '0199bbbb'`,
	} {
		l := openLedger(t)
		for _, id := range []string{"0199aaaa", "0199bbbb", "0199cccc"} {
			create(t, l, id)
		}
		if err := l.Exec(t.Context(), spoil); err != nil {
			t.Fatal(err)
		}
		runs, err := l.Runs(t.Context(), 0)
		if len(runs) != 2 || err == nil || !strings.Contains(err.Error(), `run "0199bbbb" cannot be read`) {
			t.Errorf("%s: %d runs, %v", name, len(runs), err)
		}
		if _, err := l.Find(t.Context(), "0199a"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNumbersBeyondAllLimitsHideNothing(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa")
	most, least := int64(math.MaxInt64), int64(math.MinInt64)
	if err := l.Exec(t.Context(), `UPDATE runs SET created_ms = ?`, most); err != nil {
		t.Fatal(err)
	}
	if err := l.Exec(t.Context(), `UPDATE attempts SET started_ms = ?, ended_ms = ?, told_ms = ?, left_ms = ?, elapsed_ms = ?, step = ?, total = ?, code = ?`,
		most, least, most, most, least, most, most, most); err != nil {
		t.Fatal(err)
	}
	runs, err := l.Runs(t.Context(), 0)
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	if _, err := json.Marshal(runs); err != nil {
		t.Error(err)
	}
	if d := runs[0].Duration(time.Now()); d < 0 || runs[0].Left < 0 {
		t.Errorf("took %v, %v left", d, runs[0].Left)
	}
}

// bytesOf is a ledger with some runs, as a file.
func bytesOf(t *testing.T) []byte {
	t.Helper()
	l := openLedger(t)
	for i := range 20 {
		create(t, l, fmt.Sprintf("0199aa%02d", i))
	}
	if err := l.Exec(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(l.Place())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestALedgerThatIsCutOffIsToldAsDamaged(t *testing.T) {
	onlySQLite(t)
	whole := bytesOf(t)
	for _, size := range []int{50, 100, 1000, 4096, len(whole) / 4, len(whole) / 2, len(whole) - 4096} {
		file := filepath.Join(t.TempDir(), "runs.db")
		if err := os.WriteFile(file, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Inspect(t.Context(), file); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "runs.db") {
			t.Errorf("%d of %d bytes: %v", size, len(whole), err)
		}
	}
	file := filepath.Join(t.TempDir(), "runs.db")
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Inspect(t.Context(), file); err != nil {
		t.Errorf("whole: %v", err)
	}
}

func TestTheErrorOfADamagedLedgerNamesTheWayOut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runs.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := OpenLedger(file)
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "trainyard reconcile --rebuild") {
		t.Errorf("%v", err)
	}
}

func TestADamagedLedgerIsSetAsideAndMadeAnewFromTheDirectories(t *testing.T) {
	home := t.TempDir()
	file := LedgerFile(home)
	ledger, err := OpenLedger(file)
	if err != nil {
		t.Fatal(err)
	}
	l := &Launcher{Home: home, Ledger: ledger}
	var ids []string
	for range 3 {
		id, err := newID()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(l.runDir(id), 0o700); err != nil {
			t.Fatal(err)
		}
		run, err := ledger.Create(t.Context(), id, goodJob(), Command{Progress: "out/x.jsonl", Output: "out"})
		if err := errors.Join(err, l.remember(run)); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := errors.Join(ledger.Close(), os.WriteFile(file, []byte("rubbish of some length, which no database begins with"), 0o600),
		os.MkdirAll(filepath.Join(home, "runs", "lost+found"), 0o700)); err != nil {
		t.Fatal(err)
	}
	aside, err := SetAside(file)
	if err != nil || !strings.Contains(aside, "runs.db.damaged-") {
		t.Fatalf("%q, %v", aside, err)
	}
	if l.Ledger, err = OpenLedger(file); err != nil || !l.Ledger.Fresh() {
		t.Fatalf("fresh %v, %v", l.Ledger.Fresh(), err)
	}
	defer l.Ledger.Close()
	added, err := l.Rebuild(t.Context())
	if err != nil || len(added) != 3 {
		t.Fatalf("added %v, %v", added, err)
	}
	for _, id := range ids {
		run, err := l.Ledger.Run(t.Context(), id)
		if err != nil || run.Job.Recipe != "r" || run.Progress != "out/x.jsonl" || run.State != Starting {
			t.Errorf("%+v, %v", run, err)
		}
	}
	if added, err := l.Rebuild(t.Context()); err != nil || len(added) != 0 {
		t.Errorf("again: %v, %v", added, err)
	}
}

// A ledger of the first schema, with curves, as an earlier trainyard left it.
func oldLedger(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "runs.db")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	job, err := json.Marshal(goodJob())
	if err != nil {
		t.Fatal(err)
	}
	tables, err := os.ReadFile("testdata/ledger-1.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		string(tables), `PRAGMA user_version = 1`,
		`INSERT INTO runs VALUES ('0199aaaa', 'r', 'f', '` + string(job) + `', 1000), ('0199bbbb', 'r', 'f', '` + string(job) + `', 2000)`,
		`INSERT INTO attempts (run, n, state, progress, read_bytes) VALUES ('0199aaaa', 1, 'succeeded', 'out/log', 120), ('0199bbbb', 1, 'running', 'out/log', 60)`,
		`INSERT INTO metrics VALUES ('0199aaaa', 1, 1, 9, 2.5, 3.5, NULL, NULL, 10, 100, 1000, 8000, 0), ('0199aaaa', 1, 2, 9, NULL, NULL, NULL, NULL, 20, 200, 2000, 7000, 1),
			('0199aaaa', 1, 3, 9, 1.5, NULL, NULL, NULL, 30, 300, 3000, 6000, 0), ('0199bbbb', 1, 7, 9, 0.5, NULL, NULL, NULL, 30, 300, 3000, 6000, 0)`,
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

func TestAnOlderLedgerKeepsItsCurvesAndGetsItsSummaries(t *testing.T) {
	l, err := OpenLedger(oldLedger(t))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	run, err := l.Run(t.Context(), "0199aaaa")
	if err != nil || run.Step != 3 || run.TotalSteps != 9 || *run.Loss != 1.5 || *run.EvalLoss != 3.5 || *run.DivergedStep != 2 || run.TokensPerSecond != 30 ||
		run.Left != 6*time.Second || !run.heard || run.Output != "out" {
		t.Errorf("%+v, %v", run, err)
	}
	curve, err := l.Metrics(t.Context(), run.ID, 1)
	if err != nil || len(curve) != 3 || !curve[1].Diverged || curve[0].GradNorm != nil {
		t.Errorf("%+v, %v", curve, err)
	}
	running, err := l.Run(t.Context(), "0199bbbb")
	if err != nil || running.heard || running.Diverged {
		t.Errorf("%+v, %v", running, err)
	}
	if p, _, err := l.place(t.Context(), running.ID, 1); err != nil || p.Progress.At != 60 || !p.Told {
		t.Errorf("reads on from %+v, %v", p, err)
	}
	if l.Fresh() {
		t.Error("it passes for a new one")
	}
}

func TestTheLedgerAndItsDirectoryAreTheUsersAloneHoweverTheyWereMade(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	if err := errors.Join(os.MkdirAll(filepath.Join(home, "datasets"), 0o755), os.Chmod(home, 0o755), os.WriteFile(LedgerFile(home), nil, 0o644), os.Chmod(LedgerFile(home), 0o644)); err != nil {
		t.Fatal(err)
	}
	l, err := OpenLedger(LedgerFile(home))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	create(t, l, "0199aaaa")
	for path, want := range map[string]os.FileMode{home: 0o700, LedgerFile(home): 0o600, LedgerFile(home) + "-wal": 0o600, LedgerFile(home) + "-shm": 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestADirectoryWithOtherThingsIsNotOursToClose(t *testing.T) {
	shared := filepath.Join(t.TempDir(), "shared")
	if err := errors.Join(os.MkdirAll(filepath.Join(shared, "of others"), 0o755), os.Chmod(shared, 0o755)); err != nil {
		t.Fatal(err)
	}
	l, err := OpenLedger(LedgerFile(shared))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if info, err := os.Stat(shared); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestAHeldLockIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := files.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errors.New("waited long enough"))
	defer cancel()
	want := fmt.Sprintf("process %d holds the lock %s: waited long enough", os.Getpid(), path)
	if _, err := files.WaitLock(ctx, path); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestALedgerThatIsAPipeIsRefusedAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runs.db")
	if err := syscall.Mkfifo(file, 0o600); err != nil {
		t.Skip(err)
	}
	if _, err := OpenLedger(file); err == nil || !strings.Contains(err.Error(), "is a pipe") {
		t.Errorf("%v", err)
	}
}
