package local

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// selfProgram runs the program of this process even after its file was
// deleted, as `go run` does when the command that it started has ended.
func selfProgram(string) string { return "/proc/self/exe" }

// startTime is field 22 of /proc/PID/stat, clock ticks since boot (proc(5)).
// The name in field 2 may hold blanks and parentheses, so fields are counted
// from the last parenthesis.
func startTime(pid int) (string, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:])) // from field 3 on
	if len(fields) < 20 {
		return "", fmt.Errorf("/proc/%d/stat: %d fields", pid, len(fields)+2)
	}
	if fields[0] == "Z" || fields[0] == "X" {
		return "", os.ErrProcessDone
	}
	return fields[19], nil
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

// oomKills counts the processes that the kernel has killed for want of memory
// since boot, those of control groups included; -1 where it does not tell.
func oomKills() int {
	data, err := os.ReadFile("/proc/vmstat")
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(data)) {
		if count, ok := strings.CutPrefix(line, "oom_kill "); ok {
			if n, err := strconv.Atoi(strings.TrimSpace(count)); err == nil {
				return n
			}
		}
	}
	return -1
}
