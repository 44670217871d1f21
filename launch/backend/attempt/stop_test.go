package attempt

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// A supervisor may end of the request before it is told to go on.
func TestToLetGoOnWhatHasEndedIsNoFault(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Skip("no sleep here:", err)
	}
	id, err := identify(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := goOn(id); err != nil {
		t.Errorf("a process that lives: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if err := goOn(id); err != nil {
		t.Errorf("a process that has ended: %v", err)
	}
	if err := id.signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("other signals still tell: %v", err)
	}
}
