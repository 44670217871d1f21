package attempt

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
)

// removed is an attempt that runs on when the user has removed its directory
// and the run's.
func removed(t *testing.T, role ...string) (launch.Task, launch.Handle) {
	t.Helper()
	task := acting(t, role...)
	task.Dir = filepath.Join(filepath.Dir(task.Dir), "run", "attempt-1")
	h := start(t, Local{}, task)
	says(t, Local{}, task.Dir, h, "waiting")
	if err := os.RemoveAll(filepath.Dir(task.Dir)); err != nil {
		t.Fatal(err)
	}
	supervisor := parse(t, h)
	t.Cleanup(func() {
		signalAll(task.Dir, syscall.SIGKILL)
		eventually(t, "the supervisor has ended", func() bool { return !supervisor.alive() })
	})
	return task, h
}

func TestARunThatLostItsDirectoryIsSaidToRunWithoutIt(t *testing.T) {
	task, h := removed(t, "wait")
	if s := status(t, task.Dir, h); s.State != launch.Running || !strings.Contains(s.Reason, "its directory is gone") {
		t.Errorf("status %+v", s)
	}
	_, err := Local{}.Open(t.Context(), task.Dir, h, launch.LogName)
	if !errors.Is(err, launch.ErrGone) || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), task.Dir) {
		t.Errorf("log: %v", err)
	}
}

func TestARunThatLostItsDirectoryCanBeStoppedAndMaySave(t *testing.T) {
	task, h := removed(t, "save")
	askEnd(t, Local{}, task.Dir, h, time.Minute)
	if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Cancelled || s.Code != 143 || len(marked(task.Dir)) > 0 {
		t.Errorf("status %+v, left %v", s, marked(task.Dir))
	}
}

func TestAStubbornRunThatLostItsDirectoryIsKilledAfterTheGrace(t *testing.T) {
	task, h := removed(t, "stubborn")
	askEnd(t, Local{}, task.Dir, h, 50*time.Millisecond)
	if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Cancelled || s.Signal != 9 {
		t.Errorf("status %+v", s)
	}
}

func TestATrainerWithoutSupervisorAndDirectoryCanBeStopped(t *testing.T) {
	task, h := removed(t, "save")
	killSupervisor(t, h)
	askEnd(t, Local{}, task.Dir, h, time.Minute)
	if s := status(t, task.Dir, h); s.State != launch.Cancelled || len(marked(task.Dir)) > 0 {
		t.Errorf("status %+v, left %v", s, marked(task.Dir))
	}
}

func TestARunThatEndedWithoutItsDirectoryIsLostForThatReason(t *testing.T) {
	task, h := removed(t, "wait")
	for _, pid := range marked(task.Dir) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	if s := waitEnded(t, Local{}, task.Dir, h); s.State != launch.Lost || !strings.Contains(s.Reason, "its directory is gone") {
		t.Errorf("status %+v", s)
	}
	askEnd(t, Local{}, task.Dir, h, time.Minute)
	if !gone(task.Dir) {
		t.Error("a stop of what had ended made it again")
	}
}
