package launch

import (
	"context"
	"os"
	"strings"
	"testing"
)

// A ledger that a team shares has runs whose directories lie elsewhere.
func TestARunOfAnotherMachineIsLeftAsItWasTold(t *testing.T) {
	l := &Launcher{Home: t.TempDir(), Ledger: openLedger(t)}
	for id, home := range map[string]string{"0199aaaa": "elsewhere:/home", "0199bbbb": l.origin(), "0199cccc": "elsewhere:/moved"} {
		run, err := l.Ledger.Intend(t.Context(), Intent{ID: id, Job: goodJob(), Home: home})
		if err != nil {
			t.Fatal(err)
		}
		advance(t, l.Ledger, run, Starting)
	}
	if err := os.MkdirAll(l.runDir("0199cccc"), 0o700); err != nil { // a state directory that was moved here
		t.Fatal(err)
	}
	l.Backends = map[string]Backend{"local": nothing{}}
	runs, err := l.List(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		want := map[string]State{"0199aaaa": Starting, "0199bbbb": Lost, "0199cccc": Failed}[run.ID]
		if run.State != want {
			t.Errorf("%s is %s (%s), want %s", run.ID, run.State, run.Reason, want)
		}
		if run.ID == "0199aaaa" {
			if _, err := l.Stop(t.Context(), run); err == nil || !strings.Contains(err.Error(), "elsewhere:/home") {
				t.Errorf("stopped from here: %v", err)
			}
		}
	}
}

// nothing is a backend that never started anything.
type nothing struct{ Backend }

func (nothing) Find(context.Context, string) (Handle, error) { return "", ErrNeverStarted }
