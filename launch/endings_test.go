package launch_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
)

// TestAnAttemptWhoseLauncherDiedSaysSoInAField has the words of its reason changed, which
// nothing goes by.
func TestAnAttemptWhoseLauncherDiedSaysSoInAField(t *testing.T) {
	p := newPlace(t)
	run, err := p.Ledger.Create(t.Context(), "0199aaaa-1111-4111-8111-111111111111", job(p.dataset, "train", p.mark), launch.Command{Progress: "out/log", Output: "out"})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(p.Dir(run)), 0o700); err != nil { // as far as its launcher came
		t.Fatal(err)
	}
	if run, err = p.Refresh(t.Context(), run); err != nil || run.State != launch.Failed || !run.NeverStarted {
		t.Fatalf("%+v, %v", run.Attempt, err)
	}
	if err := p.Ledger.Note(t.Context(), run.ID, run.N, "other words"); err != nil {
		t.Fatal(err)
	}
	if run, err = p.Ledger.Run(t.Context(), run.ID); err != nil || !run.NeverStarted || run.Reason != "other words" {
		t.Errorf("%+v, %v", run.Attempt, err)
	}
}

// soldOut is a backend that starts nothing, and knows it.
type soldOut struct{ launch.Backend }

func (soldOut) Start(context.Context, launch.Task) (launch.Handle, error) {
	return "", errors.New("no stock")
}

func (soldOut) Find(context.Context, string) (launch.Handle, error) {
	return "", launch.ErrNeverStarted
}

// TestAStartThatFailedIsNoneWhoseLauncherDied has a reason that begins alike.
func TestAStartThatFailedIsNoneWhoseLauncherDied(t *testing.T) {
	p := newPlace(t)
	p.Backends = map[string]launch.Backend{"local": soldOut{p.Backends["local"]}}
	run, err := p.Start(t.Context(), job(p.dataset, "train", p.mark))
	if err == nil || run.State != launch.Failed || run.NeverStarted || !strings.HasPrefix(run.Reason, "never started: ") {
		t.Errorf("%+v, %v", run.Attempt, err)
	}
}

// TestARunIsEndedByARuleThoughItsVerdictCannotBeWritten has a directory where its record
// would be.
func TestARunIsEndedByARuleThoughItsVerdictCannotBeWritten(t *testing.T) {
	p := newPlace(t)
	run, err := p.Start(t.Context(), job(p.dataset, "hold", p.mark))
	if err != nil {
		t.Fatal(err)
	}
	p.awaitStart(t)
	record := filepath.Join(filepath.Dir(p.Dir(run)), "intent-1.json")
	if err := errors.Join(os.Remove(record), os.Mkdir(record, 0o700)); err != nil {
		t.Fatal(err)
	}
	if run, err = p.EndByRule(t.Context(), run, "its loss is no finite number"); err == nil || run.State != launch.Cancelled {
		t.Errorf("%+v, %v", run.Attempt, err)
	}
}

// TestTheVerdictOfARuleStaysWhateverIsSaidLater looks at it after the end, under other
// words, and in a ledger that is made anew.
func TestTheVerdictOfARuleStaysWhateverIsSaidLater(t *testing.T) {
	p := newPlace(t)
	run, err := p.Start(t.Context(), job(p.dataset, "hold", p.mark))
	if err != nil {
		t.Fatal(err)
	}
	p.awaitStart(t)
	const verdict = "its loss is no finite number"
	if run, err = p.EndByRule(t.Context(), run, verdict); err != nil || run.State != launch.Cancelled || run.Verdict != verdict {
		t.Fatalf("%+v, %v", run.Attempt, err)
	}
	events, err := p.Ledger.Events(t.Context(), run.ID)
	told := 0
	for _, e := range events {
		told += strings.Count(e.Text, "stopped by a rule: "+verdict)
	}
	if err != nil || told != 1 {
		t.Errorf("the history tells it %d times: %+v, %v", told, events, err)
	}
	if err := p.Ledger.Note(t.Context(), run.ID, run.N, "other words"); err != nil {
		t.Fatal(err)
	}
	if run, err = p.Ledger.Run(t.Context(), run.ID); err != nil || run.Verdict != verdict {
		t.Errorf("%+v, %v", run.Attempt, err)
	}
	anew := &launch.Launcher{Home: p.Home, Trainers: p.Trainers, Backends: p.Backends, Self: p.Self, Poll: p.Poll}
	if anew.Ledger, err = launch.OpenForTest(launch.LedgerFile(t.TempDir())); err != nil {
		t.Fatal(err)
	}
	defer anew.Ledger.Close()
	if _, err := anew.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := anew.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	if run, err = anew.Ledger.Run(t.Context(), run.ID); err != nil || run.State != launch.Cancelled || run.Verdict != verdict {
		t.Errorf("made anew: %+v, %v", run.Attempt, err)
	}
}

// TestAnEndBeforeTheVerdictOfARuleKeepsItsReason has a rule judge a run by a look that was
// before its end.
func TestAnEndBeforeTheVerdictOfARuleKeepsItsReason(t *testing.T) {
	p := newPlace(t)
	before, err := p.Start(t.Context(), job(p.dataset, "hold", p.mark))
	if err != nil {
		t.Fatal(err)
	}
	p.awaitStart(t)
	ended, err := p.Stop(t.Context(), before)
	if err != nil || !ended.State.Ended() {
		t.Fatalf("%+v, %v", ended.Attempt, err)
	}
	judged, err := p.EndByRule(t.Context(), before, "its loss is no finite number")
	if err != nil || judged.Verdict != "" || judged.Reason != ended.Reason {
		t.Errorf("%+v, %v, want the reason %q", judged.Attempt, err, ended.Reason)
	}
	if intent, err := os.ReadFile(filepath.Join(p.Home, "runs", before.ID, "intent-1.json")); err != nil || strings.Contains(string(intent), "finite") {
		t.Errorf("a ledger that is made anew would have it: %s, %v", intent, err)
	}
}
