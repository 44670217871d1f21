package launch_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
)

func TestReconcileTellsWhatChangedAndOnlyThat(t *testing.T) {
	p := newPlace(t)
	dies(t, "start", p.Home, p.dataset, p.mark, "started")
	var all []string
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); { // a loaded machine takes many looks
		done, err := p.Reconcile(t.Context())
		if err != nil || len(done) != 1 || done[0].Fault != "" {
			t.Fatalf("%+v, %v", done, err)
		}
		if all = append(all, done[0].Changes...); done[0].State.Ended() {
			break
		}
	}
	for _, want := range []string{"found what was started", "step 3, was", "succeeded, was"} {
		if n := len(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !strings.Contains(s, want) })); n != 1 {
			t.Errorf("%q was told %d times: %q", want, n, all)
		}
	}
	if done, err := p.Reconcile(t.Context()); err != nil || len(done) != 0 {
		t.Errorf("nothing is open, but %+v, %v", done, err)
	}
}

func TestALostLedgerComesBackWithAllAttemptsOfARun(t *testing.T) {
	p := newPlace(t)
	run := fallen(t, p)
	again, err := p.Retry(t.Context(), run, launch.Retry{Reason: "a rank was lost"})
	if err != nil {
		t.Fatal(err)
	}
	ended(t, p, again)
	before, err := p.Ledger.Attempts(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := p.Ledger.Curve(t.Context(), run.ID, "loss")
	if err != nil {
		t.Fatal(err)
	}
	anew := &launch.Launcher{Home: p.Home, Trainers: p.Trainers, Backends: p.Backends, Self: p.Self, Poll: p.Poll}
	if anew.Ledger, err = launch.OpenForTest(launch.LedgerFile(t.TempDir())); err != nil {
		t.Fatal(err)
	}
	defer anew.Ledger.Close()
	if added, err := anew.Rebuild(t.Context()); err != nil || !slices.Equal(added, []string{run.ID}) {
		t.Fatalf("%v, %v", added, err)
	}
	if _, err := anew.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := anew.Ledger.Attempts(t.Context(), run.ID)
	if err != nil || len(after) != 2 {
		t.Fatalf("%+v, %v", after, err)
	}
	for i := range after {
		a, b := after[i], before[i]
		if a.State != b.State || a.Step != b.Step || !a.EndedAt.Equal(b.EndedAt) || a.ResumedFrom != b.ResumedFrom || (a.ResumedStep == nil) != (b.ResumedStep == nil) {
			t.Errorf("attempt %d\nbefore %+v\nafter  %+v", i+1, b, a)
		}
	}
	restored, err := anew.Ledger.Curve(t.Context(), run.ID, "loss")
	if err != nil || !slices.Equal(restored, curve) || len(curve) == 0 {
		t.Errorf("%v, want %v, %v", restored, curve, err)
	}
}

func TestReconcileGoesOnWhereOneRunCannotBeLookedAt(t *testing.T) {
	p := newPlace(t)
	good, err := p.Start(t.Context(), job(p.dataset, "train", p.mark, "{output}"))
	if err != nil {
		t.Fatal(err)
	}
	ended(t, p, good)
	other := job(p.dataset, "train", p.mark, "{output}")
	other.Backend = "moon"
	if _, err := p.Ledger.Create(t.Context(), "0199aaaa-0000", other, launch.Command{}); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(p.Home+"/runs/0199aaaa-0000", 0o700); err != nil {
		t.Fatal(err)
	}
	done, err := p.Reconcile(t.Context())
	if err == nil || len(done) != 1 || !strings.Contains(done[0].Fault, `unknown backend "moon"`) {
		t.Errorf("%+v, %v", done, err)
	}
	if _, err := p.Ledger.Advance(t.Context(), "0199aaaa-0000", 1, launch.Change{To: launch.Failed}); err != nil { // or the place could not be cleared
		t.Fatal(err)
	}
}
