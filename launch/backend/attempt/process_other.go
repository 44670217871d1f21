//go:build !linux

package attempt

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
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

// An oomCount is not told here.
type oomCount struct{ group, machine int }

func countOOM() oomCount { return oomCount{-1, -1} }

// adoptOrphans is Linux's: here, orphans go to the first process.
func adoptOrphans() error { return nil }

func descendants() []int { return nil }

func reapOrphans(int) {}

// startedAt reads what ps tells.
func startedAt(start string) time.Time {
	at, err := time.ParseInLocation("Mon Jan _2 15:04:05 2006", start, time.Local)
	if err != nil {
		return time.Time{}
	}
	return at
}

func stopped(pid int) bool {
	out, err := exec.Command("ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output()
	return err == nil && strings.HasPrefix(strings.TrimSpace(string(out)), "T")
}

func programName(pid int) string {
	out, err := exec.Command("ps", "-o", "comm=", "-p", fmt.Sprint(pid)).Output()
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(out))
}

// left finds nothing either.
func left(string) []int { return nil }

// catches cannot be told here; a warning ends with the supervisor.
func catches(int, syscall.Signal) bool { return false }
