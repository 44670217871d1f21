package slurm

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/backendtest"
)

// A speaking is the agent's end of a login node, as over ssh: a process that speaks the
// box protocol.
type speaking struct {
	io.Reader
	io.WriteCloser
}

// overSession reaches the login node through sessions, the newest of which can be cut.
func overSession(t *testing.T, root string) (dial, func()) {
	t.Helper()
	self := backendtest.Self(t)
	var mu sync.Mutex
	var serving *exec.Cmd
	cut := func() {
		mu.Lock()
		defer mu.Unlock()
		if serving != nil {
			_ = serving.Process.Kill() // it may have ended
			_ = serving.Wait()
		}
	}
	t.Cleanup(cut)
	return func(ctx context.Context) (attempt.Machine, string, error) {
		mu.Lock()
		defer mu.Unlock()
		serving = exec.Command(self, "serve", root)
		serving.Stderr = os.Stderr
		in, errIn := serving.StdinPipe()
		out, errOut := serving.StdoutPipe()
		if err := errors.Join(errIn, errOut, serving.Start()); err != nil {
			return nil, "", err
		}
		m, err := attempt.Client(ctx, speaking{out, in})
		return m, self, err
	}, cut
}

func TestALoginNodeIsReachedThroughASession(t *testing.T) {
	onCluster(t)
	root := t.TempDir()
	s := place(t, Config{Login: "login", Root: root, Time: "1h"})
	dial, cut := overSession(t, root)
	s.dial = dial
	data := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(data, []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	task := backendtest.Task(t, place(t, Config{Root: root}), "save")
	task.Command.Env = []launch.Env{{Name: "MY_TOKEN", Value: "it's\na secret"}}
	task.Command.Files = []launch.File{{Name: "train/rows", Link: data}}
	h := running(t, s, task)
	if got := backendtest.Read(t, s, task.Dir, h, "train/rows", 0); got != "rows" {
		t.Errorf("train/rows is %q there", got)
	}
	if _, err := os.Stat(task.Dir); err == nil {
		t.Error("the attempt lies here, not below the root")
	}
	if found, err := s.Find(t.Context(), task.Dir); err != nil || found != h {
		t.Errorf("found %q, %v", found, err)
	}
	backendtest.Stop(t, s, task.Dir, h, time.Minute)
	if got := waitEnded(t, s, task.Dir, h); got.State != launch.Cancelled || got.Code != 143 {
		t.Errorf("%+v", got)
	}
	backendtest.Saved(t, s, task.Dir, h)
	cut()
	if got, err := s.Status(t.Context(), task.Dir, h); err == nil && !got.LastKnown {
		t.Errorf("a line that was cut ended it: %+v", got)
	}
}
