package local

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// selfProgram runs the program of this process even after its file was
// deleted, as `go run` does when the command that it started has ended.
func selfProgram(string) string { return "/proc/self/exe" }

// startTime is field 22 of /proc/PID/stat, clock ticks since boot (proc(5)).
func startTime(pid int) (string, error) {
	fields, err := statFields(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	if fields[0] == "Z" || fields[0] == "X" {
		return "", os.ErrProcessDone
	}
	return fields[19], nil
}

// ticks is the kernel's USER_HZ, in which it tells times to programs, the same on
// every architecture that Go knows.
const ticks = 100

// startedAt turns a start time into one of the clock, as that is set now; zero
// where it cannot.
func startedAt(start string) time.Time {
	sinceBoot, err := strconv.ParseInt(start, 10, 64)
	var now unix.Timespec
	if err != nil || unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) != nil {
		return time.Time{}
	}
	age := time.Duration(now.Nano()) - time.Duration(sinceBoot)*(time.Second/ticks)
	if age < 0 {
		return time.Time{}
	}
	return time.Now().Add(-age)
}

func bootID() (string, error) {
	data, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(data)), err
}

// pidSpace names this process's PID namespace, as in "pid:[4026531836]".
func pidSpace() string {
	name, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return "" // a kernel without namespaces
	}
	return name
}

// waitExited returns when the child has ended and leaves it a zombie, so that
// its pid, which is its group's name, is not given out to anybody yet.
func waitExited(pid int) error {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err
		}
	}
}

// marked lists the living processes whose environment carries the mark of the
// attempt in dir. Those of other users cannot be read and are none of ours.
func marked(dir string) (pids []int) {
	mark := []byte("\x00" + markName + "=" + dir + "\x00")
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil
	}
	for _, file := range files {
		environ, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(append([]byte{0}, environ...), mark) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
