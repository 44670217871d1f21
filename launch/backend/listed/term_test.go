package listed

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A service may end a job at any moment: what holds its output then would keep the
// service waiting for ever.
func TestAJobThatIsEndedAtAnyMomentLeavesNothing(t *testing.T) {
	if _, err := os.Stat("/proc/uptime"); err != nil {
		t.Skip("SKIPPED: the script is for Linux")
	}
	names, values := Order{}.Load()
	for at := range 24 {
		delay := time.Duration(at*at) * 250 * time.Microsecond
		t.Run(fmt.Sprint(delay), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "attempt")
			cmd := exec.Command("sh", "-c", Fenced, "sh", dir, "sh", "-c", "echo waiting; exec sleep 3600")
			for i, name := range names {
				cmd.Env = append(os.Environ(), name+"="+values[i], "TY_GRACE=1")
			}
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(delay) // a moment, whichever it is
			if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }() // when its output is closed, by all that had it
			select {
			case err := <-ended:
				if err == nil {
					t.Errorf("it ended with code 0: %q", out.String())
				}
			case <-time.After(time.Minute):
				_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
				t.Errorf("something of it lives on, a minute after it was ended %v after its start", delay)
			}
		})
	}
}
