package launch

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func openLedger(t *testing.T) *Ledger {
	t.Helper()
	l, err := OpenForTest(filepath.Join(t.TempDir(), "deep", "runs.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func create(t *testing.T, l *Ledger, id string) Run {
	t.Helper()
	run, err := l.Create(t.Context(), id, goodJob(), Command{Progress: "out/log"})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func advance(t *testing.T, l *Ledger, run Run, states ...State) {
	t.Helper()
	for _, s := range states {
		if moved, err := l.Advance(t.Context(), run.ID, run.N, Change{To: s, Reason: "because"}); err != nil || !moved {
			t.Fatalf("to %s: %v, %v", s, moved, err)
		}
	}
}

func TestANewRunIsPendingAndKnowsNothingYet(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	if run.State != Pending || run.N != 1 || run.Handle != "" || run.Loss != nil || run.Cost != nil || run.ExitCode != nil ||
		!run.StartedAt.IsZero() || run.Progress != "out/log" || run.Job.Recipe != "r" {
		t.Errorf("%+v", run)
	}
	if time.Since(run.CreatedAt) > time.Minute {
		t.Errorf("created at %v", run.CreatedAt)
	}
}

func TestRunsAreListedNewestFirst(t *testing.T) {
	l := openLedger(t)
	var want []string
	for range 5 {
		id, err := newID()
		if err != nil {
			t.Fatal(err)
		}
		create(t, l, id)
		want = append([]string{id}, want...)
	}
	for limit, want := range map[int][]string{0: want, 2: want[:2], 9: want} {
		runs, err := l.Runs(t.Context(), limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range runs {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("limit %d: %v, want %v", limit, got, want)
		}
	}
}

func TestAUniquePrefixFindsARun(t *testing.T) {
	l := openLedger(t)
	for _, id := range []string{"0199aaaa-1111", "0199aaaa-2222", "0199bbbb-3333"} {
		create(t, l, id)
	}
	for prefix, want := range map[string]string{"0199b": "0199bbbb-3333", "0199AAAA-1": "0199aaaa-1111", "0199aaaa-2222": "0199aaaa-2222"} {
		if run, err := l.Find(t.Context(), prefix); err != nil || run.ID != want {
			t.Errorf("%q found %q, %v", prefix, run.ID, err)
		}
	}
	for _, prefix := range []string{"0199c", "", "%", "demo", "0199aaaa-1111-"} {
		if run, err := l.Find(t.Context(), prefix); !errors.Is(err, ErrNoRun) {
			t.Errorf("%q found %q, %v", prefix, run.ID, err)
		}
	}
}

func TestAPrefixOfSeveralRunsListsThemNewestFirst(t *testing.T) {
	l := openLedger(t)
	create(t, l, "0199aaaa-2222")
	create(t, l, "0199aaaa-1111")
	_, err := l.Find(t.Context(), "0199")
	var ambiguous *AmbiguousError
	if !errors.As(err, &ambiguous) || !slices.Equal(ambiguous.IDs, []string{"0199aaaa-1111", "0199aaaa-2222"}) {
		t.Errorf("%v", err)
	}
	for _, want := range []string{"0199aaaa-1111", "0199aaaa-2222", "more characters"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
}

func TestEightCharactersTellRunsOfOneMomentApart(t *testing.T) {
	l := openLedger(t)
	var runs []Run
	for range 50 {
		id, err := newID()
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, create(t, l, id))
	}
	for id, short := range ShortIDs(runs) {
		if found, err := l.Find(t.Context(), short); err != nil || found.ID != id {
			t.Errorf("%s for %s found %s, %v", short, id, found.ID, err)
		}
		if len(short) != 8 {
			t.Errorf("%s is shown as %q", id, short)
		}
	}
}

func TestShortIDsGrowUntilTheyFitOneRun(t *testing.T) {
	short := ShortIDs([]Run{{ID: "0199aaaa-1111"}, {ID: "0199aaaa-1122"}, {ID: "f00dbeef-1111"}})
	for id, want := range map[string]string{"0199aaaa-1111": "0199aaaa-111", "0199aaaa-1122": "0199aaaa-112", "f00dbeef-1111": "f00dbeef"} {
		if short[id] != want {
			t.Errorf("%s is shown as %q, want %q", id, short[id], want)
		}
	}
}

// The ledger must agree with the table after any sequence of requests.
func TestTheLedgerFollowsTheStateMachineWhateverIsAsked(t *testing.T) {
	l := openLedger(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		id, err := newID()
		if err != nil {
			t.Fatal(err)
		}
		run := create(t, l, id)
		state, events := Pending, 1
		for range 12 {
			to := everyState[rng.IntN(len(everyState))]
			moved, err := l.Advance(t.Context(), id, 1, Change{To: to})
			var refused *TransitionError
			switch {
			case state == to:
				if moved || err != nil {
					t.Fatalf("%s again: %v, %v", to, moved, err)
				}
			case !state.May(to):
				if moved || !errors.As(err, &refused) {
					t.Fatalf("%s to %s: %v, %v", state, to, moved, err)
				}
			case !moved || err != nil:
				t.Fatalf("%s to %s: %v, %v", state, to, moved, err)
			default:
				state, events = to, events+1
			}
		}
		if run, err = l.Run(t.Context(), id); err != nil || run.State != state {
			t.Fatalf("stands at %s, %v; want %s", run.State, err, state)
		}
		if history, err := l.Events(t.Context(), id); err != nil || len(history) != events || history[len(history)-1].State != state {
			t.Fatalf("history %+v, %v", history, err)
		}
	}
}

func TestWhatAChangeDoesNotSayStays(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	advance(t, l, run, Starting)
	started := time.UnixMilli(1_700_000_000_000)
	if _, err := l.Advance(t.Context(), run.ID, 1, Change{To: Running, Handle: "h", StartedAt: started}); err != nil {
		t.Fatal(err)
	}
	code := 3
	if _, err := l.Advance(t.Context(), run.ID, 1, Change{To: Failed, Reason: "code 3", Code: &code, EndedAt: started.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	run, err := l.Run(t.Context(), run.ID)
	if err != nil || run.Handle != "h" || !run.StartedAt.Equal(started) || *run.ExitCode != 3 || run.Reason != "code 3" {
		t.Errorf("%+v, %v", run, err)
	}
	if d := run.Duration(time.Now()); d != time.Hour {
		t.Errorf("took %v", d)
	}
}

func TestLossAndHeldOutLossOfOneStepStandTogether(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	store(t, l, run, "{}", 100,
		`{"step": 1, "total_steps": 4, "loss": 1.5, "throughput": 100, "remaining_time": "0:00:03"}`,
		`{"step": 2, "total_steps": 4, "loss": 1.5, "throughput": 120, "remaining_time": "0:00:02"}`,
		`{"step": 2, "total_steps": 4, "eval_loss": 1.75, "remaining_time": "0:00:02"}`,
		`{"step": 3, "total_steps": 4, "loss": NaN, "remaining_time": "0:00:01"}`)
	curve, err := l.Metrics(t.Context(), run.ID, 1)
	if err != nil || len(curve) != 3 || *curve[1].Loss != 1.5 || *curve[1].EvalLoss != 1.75 || curve[1].TokensPerSecond != 120 || !curve[2].Diverged {
		t.Errorf("%+v, %v", curve, err)
	}
	run, err = l.Run(t.Context(), run.ID)
	if err != nil || run.Step != 3 || run.TotalSteps != 4 || *run.Loss != 1.5 || *run.EvalLoss != 1.75 || !run.Diverged || run.Left != time.Second {
		t.Errorf("%+v, %v", run, err)
	}
}

func TestLinesThatAnotherProcessStoredFirstAreNotStoredAgain(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	store(t, l, run, "{}", 50, `{"step": 1, "loss": 1}`)
	store(t, l, run, "{}", 25, `{"step": 1, "loss": 9}`)
	curve, err := l.Metrics(t.Context(), run.ID, 1)
	if err != nil || len(curve) != 1 || *curve[0].Loss != 1 {
		t.Errorf("%+v, %v", curve, err)
	}
	if p, _, err := l.place(t.Context(), run.ID, 1); err != nil || p.Progress.At != 50 {
		t.Errorf("%+v, %v", p, err)
	}
}

// store adds lines that end at a byte of the log.
func store(t *testing.T, l *Ledger, run Run, from string, at int64, lines ...string) {
	t.Helper()
	if err := l.store(t.Context(), run.ID, run.N, from, place{Progress: cursor{At: at}}, news{metrics: metricsOf(lines...)}, false); err != nil {
		t.Fatal(err)
	}
}

// metricsOf reads lines of a log.
func metricsOf(lines ...string) (all []Metric) {
	for _, line := range lines {
		all, _ = readLine(all, []byte(line))
	}
	return all
}

func TestALedgerOfANewerProgramIsRefused(t *testing.T) {
	onlySQLite(t)
	l := openLedger(t)
	if err := l.Exec(t.Context(), "PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenLedger(l.Place()); err == nil || !strings.Contains(err.Error(), "schema 99") {
		t.Error(err)
	}
}

func TestALedgerWritesThroughToTheDisk(t *testing.T) {
	onlyLocal(t)
	l := openLedger(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "15000"} {
		var got string
		if err := l.db.QueryRow(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", pragma, got, err, want)
		}
	}
}

func TestAFileNameWithOddCharactersIsItself(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a b?c=d%41#ü", "runs.db")
	l, err := OpenLedger(file)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

func TestTheLedgersFilesHaveNoSecret(t *testing.T) {
	onlySQLite(t)
	l := openLedger(t)
	job := goodJob()
	job.Env = []Env{{Name: "HF_TOKEN", Value: "correct-horse-battery"}, {Name: "PLAIN", Value: "staple"}}
	if _, err := l.Create(t.Context(), "0199aaaa", job, Command{}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(l.Place() + "*")
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	if bytes.Contains(all, []byte("correct-horse-battery")) || !bytes.Contains(all, []byte("staple")) {
		t.Error("the value of HF_TOKEN is on disk, or nothing is")
	}
}

func TestTheReasonOfAnAttemptIsThatOfItsNewestStep(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	advance(t, l, run, Starting)
	if _, err := l.Advance(t.Context(), run.ID, 1, Change{To: Running}); err != nil {
		t.Fatal(err)
	}
	if run, err := l.Run(t.Context(), run.ID); err != nil || run.Reason != "" {
		t.Errorf("running because %q, %v: that was why it was starting", run.Reason, err)
	}
}

func TestAnAttemptThatRunsAgainHasNoEnd(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	advance(t, l, run, Starting, Running)
	for _, c := range []Change{{To: Lost, EndedAt: time.Now()}, {To: Running}} {
		if _, err := l.Advance(t.Context(), run.ID, 1, c); err != nil {
			t.Fatal(err)
		}
	}
	if run, err := l.Run(t.Context(), run.ID); err != nil || !run.EndedAt.IsZero() {
		t.Errorf("runs and ended at %v, %v", run.EndedAt, err)
	}
}

// What is committed has an id that the caller must be told.
func TestARunThatIsWrittenIsNamedEvenIfItCannotBeReadBack(t *testing.T) {
	onlySQLite(t)
	l := openLedger(t)
	if err := l.Exec(t.Context(), `CREATE TRIGGER spoil AFTER INSERT ON events BEGIN UPDATE runs SET job = 'no JSON'; END`); err != nil {
		t.Fatal(err)
	}
	if run, err := l.Create(t.Context(), "0199aaaa", goodJob(), Command{Progress: "out/log"}); err != nil || run.ID != "0199aaaa" || run.N != 1 {
		t.Errorf("%+v, %v", run, err)
	}
}

func TestACreatedRunIsTheOneThatIsReadBack(t *testing.T) {
	l := openLedger(t)
	job := goodJob()
	job.Env = []Env{{Name: "HF_TOKEN", Value: "correct-horse-battery"}}
	created, err := l.Create(t.Context(), "0199aaaa", job, Command{Progress: "out/log"})
	if err != nil {
		t.Fatal(err)
	}
	if read, err := l.Run(t.Context(), "0199aaaa"); err != nil || !reflect.DeepEqual(created, read) {
		t.Errorf("created %+v\nread    %+v, %v", created, read, err)
	}
}

// Curves hold 20,000 points a run: a list that looked into them took seconds.
func TestAListOfRunsReadsNoCurve(t *testing.T) {
	onlySQLite(t)
	ledger := openLedger(t)
	rows, err := ledger.db.Query(t.Context(), "EXPLAIN QUERY PLAN "+selectRuns+`WHERE `+newestAttempt+newestFirst+"LIMIT ?", -1)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	steps := 0
	for ; rows.Next(); steps++ {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(detail, "points") || strings.Contains(detail, "series") {
			t.Errorf("the list has a step %q", detail)
		}
	}
	if err := rows.Err(); err != nil || steps == 0 {
		t.Errorf("%d steps, %v", steps, err)
	}
}
