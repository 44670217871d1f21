package launch_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"trainyard/launch"
	"trainyard/launch/trainer"
)

// An absent machine takes what it is asked to start, or not, and goes out of reach.
type absent struct{ *moody }

var errCut = errors.New("the line was cut")

func (a *absent) Start(context.Context, launch.Task) (launch.Handle, error) { return "", errCut }
func (a *absent) Find(context.Context, string) (launch.Handle, error) {
	return "1", fmt.Errorf("%w: it does not answer", launch.ErrUnseen)
}

// Without a handle, nothing could be asked of it.
func TestARunThatIsNotKnownToHaveStartedHasAHandle(t *testing.T) {
	home := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ledger, err := launch.OpenLedger(launch.LedgerFile(home))
		if err != nil {
			t.Fatal(err)
		}
		defer ledger.Close()
		machine := &absent{&moody{clockwork: &clockwork{ends: time.Hour}}}
		l := &launch.Launcher{
			Home: home, Ledger: ledger, Trainers: trainer.Trainers, Backends: map[string]launch.Backend{"local": machine}, Poll: time.Second,
		}
		run, err := l.Start(t.Context(), job(filepath.Join(home, "dataset"), "train"))
		if !errors.Is(err, errCut) || run.Handle != "1" || run.State != launch.Running || !run.StartedAt.IsZero() || run.Reason != "not known to have started: it does not answer" {
			t.Fatalf("%+v, %v", run.Attempt, err)
		}
		machine.status = launch.Status{State: launch.Lost, Code: -1, Reason: "it does not answer"}
		if run, err = l.Stop(t.Context(), run); err != nil || run.State != launch.Lost {
			t.Errorf("stopped: %+v, %v", run.Attempt, err)
		}
		machine.status = launch.NeverStarted()
		if run, err = l.Refresh(t.Context(), run); err != nil || !run.NeverStarted || run.Duration(time.Now()) != 0 {
			t.Errorf("it answers: %+v, %v", run.Attempt, err)
		}
	})
}
