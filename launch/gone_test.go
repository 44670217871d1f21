package launch_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
)

// removeRun takes away a run's directory, as a user who wants room does.
func (p place) removeRun(t *testing.T, run launch.Run) {
	t.Helper()
	if err := os.RemoveAll(filepath.Dir(p.Dir(run))); err != nil {
		t.Fatal(err)
	}
}

func TestALiveRunWhoseDirectoryIsRemovedSaysSoAndCanBeStopped(t *testing.T) {
	p := newPlace(t)
	run, err := p.Start(t.Context(), job(p.dataset, "hold", p.mark))
	if err != nil {
		t.Fatal(err)
	}
	p.awaitStart(t)
	p.removeRun(t, run)
	if run, err = p.Refresh(t.Context(), run); err != nil || run.State != launch.Running || !strings.Contains(run.Reason, "its directory is gone") {
		t.Errorf("%s: %q, %v", run.State, run.Reason, err)
	}
	for _, follow := range []bool{false, true} {
		var log bytes.Buffer
		if err := p.Logs(t.Context(), run, &log, 0, follow); !errors.Is(err, launch.ErrGone) || !strings.Contains(err.Error(), p.Dir(run)) {
			t.Errorf("log, follow %v: %v", follow, err)
		}
	}
	if run, err = p.Stop(t.Context(), run); err != nil || run.State != launch.Cancelled || *run.ExitCode != 143 {
		t.Errorf("%+v, %v", run.Attempt, err)
	}
	if err := p.Logs(t.Context(), run, new(bytes.Buffer), 0, false); err == nil || !strings.Contains(err.Error(), "left no log") {
		t.Errorf("log after the stop: %v", err)
	}
}

func TestTheLogOfAnEndedRunWhoseDirectoryIsRemovedIsAnError(t *testing.T) {
	p := newPlace(t)
	run, err := p.Start(t.Context(), job(p.dataset, "train", p.mark, "{output}"))
	if err != nil {
		t.Fatal(err)
	}
	run = p.end(t, run)
	p.removeRun(t, run)
	if err := p.Logs(t.Context(), run, new(bytes.Buffer), 0, true); !errors.Is(err, launch.ErrGone) {
		t.Errorf("log: %v", err)
	}
	if again, err := p.Stop(t.Context(), run); err != nil || again.State != launch.Succeeded {
		t.Errorf("stop: %s, %v", again.State, err)
	}
}

func TestAnAbandonedRunWhoseDirectoryIsRemovedHasEnded(t *testing.T) {
	for point, want := range map[string]launch.State{"intent": launch.Failed, "starting": launch.Lost} {
		p := newPlace(t)
		dies(t, "start", p.Home, p.dataset, p.mark, point)
		runs, err := p.Ledger.Runs(t.Context(), 0)
		if err != nil || len(runs) != 1 {
			t.Fatalf("%d runs, %v", len(runs), err)
		}
		p.removeRun(t, runs[0])
		if run, err := p.Refresh(t.Context(), runs[0]); err != nil || run.State != want || !strings.Contains(run.Reason, "its directory is gone") {
			t.Errorf("%s: %s (%s), %v", point, run.State, run.Reason, err)
		}
	}
}
