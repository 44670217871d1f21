package attempt

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/files"
)

// inContainer is the handle of a process of another PID namespace of this
// machine, where its pid is another process's.
func inContainer(t *testing.T) launch.Handle {
	t.Helper()
	id, err := identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if id.PIDSpace == "" {
		t.Skip("no PID namespaces here")
	}
	id.PIDSpace = "pid:[1]"
	h, err := json.Marshal(id)
	if err != nil {
		t.Fatal(err)
	}
	return launch.Handle(h)
}

func TestARunOfAnotherContainerIsNotLostAndNotOurs(t *testing.T) {
	dir, h := t.TempDir(), inContainer(t)
	s := status(t, dir, h)
	if s.State != launch.Running || !s.LastKnown || !strings.Contains(s.Reason, "last known: it was started in another container") {
		t.Errorf("status %+v", s)
	}
	if err := (Local{}).Stop(t.Context(), dir, h, time.Second); err == nil || !strings.Contains(err.Error(), "stop it there") {
		t.Errorf("stop: %v", err)
	}
	if parse(t, h).alive() {
		t.Error("a process of ours passes for it")
	}
}

func TestTheExitRecordOfAnotherContainersRunHasTheWord(t *testing.T) {
	dir, h := t.TempDir(), inContainer(t)
	if err := files.WriteJSON(dir, exitName, Exit{Code: 3, Ended: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if s := status(t, dir, h); s.State != launch.Failed || s.Code != 3 || s.LastKnown {
		t.Errorf("status %+v", s)
	}
}

func TestAnIdentityWithoutANamespaceIsStillKnown(t *testing.T) {
	id, err := identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	id.PIDSpace = "" // as an earlier trainyard wrote it
	if where := id.where(); !id.alive() || where != (whereabouts{}) {
		t.Errorf("alive %v, %+v", id.alive(), where)
	}
}

func TestALookThatFailsIsNoExit(t *testing.T) {
	for name, c := range map[string]struct{ failures, looks, waits int }{
		"never": {0, 1, 0}, "some": {3, 4, 0}, "always": {1 << 20, failedLooks, 1},
	} {
		var looks, waits int
		awaitExit(func() error {
			if looks++; looks <= c.failures {
				return errors.New("ps: cannot fork")
			}
			return nil
		}, func() error { waits++; return nil })
		if looks != c.looks || waits != c.waits {
			t.Errorf("%s: looked %d times and waited %d times, want %d and %d", name, looks, waits, c.looks, c.waits)
		}
	}
}
