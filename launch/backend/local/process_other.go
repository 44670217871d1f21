//go:build !linux

package local

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

func selfProgram(self string) string { return self }

// startTime asks ps, which every Unix has; its resolution is one second.
func startTime(pid int) (string, error) {
	out, err := exec.Command("ps", "-o", "stat=,lstart=", "-p", fmt.Sprint(pid)).Output()
	if err != nil {
		return "", fmt.Errorf("ps -p %d: %w", pid, err)
	}
	state, start, found := strings.Cut(strings.TrimSpace(string(out)), " ")
	if !found || strings.HasPrefix(state, "Z") {
		return "", os.ErrProcessDone
	}
	return strings.TrimSpace(start), nil
}

func bootID() (string, error) {
	out, err := exec.Command("sysctl", "-n", "kern.boottime").Output()
	return strings.TrimSpace(string(out)), err
}

// pidSpace is empty: PID namespaces are Linux's.
func pidSpace() string { return "" }

// waitExited looks again and again, for want of a wait that does not reap.
func waitExited(pid int) error {
	for {
		if _, err := startTime(pid); errors.Is(err, os.ErrProcessDone) {
			return nil
		} else if err != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// marked finds nothing: the environment of other processes cannot be read
// here without more rights. The process group is all that is cleaned up.
func marked(string) []int { return nil }

// oomKills is not told here.
func oomKills() int { return -1 }
