package attempt

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes this process the parent of every descendant whose own parent
// ends. A child that leaves its group, its session and its environment behind
// stays below us, where it is found.
func adoptOrphans() error {
	return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

// descendants lists the living processes below this one.
func descendants() (pids []int) {
	children := map[int][]int{}
	for _, p := range processes() {
		if !p.ended() {
			children[p.parent] = append(children[p.parent], p.pid)
		}
	}
	for at := []int{os.Getpid()}; len(at) > 0; at = at[1:] {
		pids = append(pids, children[at[0]]...)
		at = append(at, children[at[0]]...)
	}
	return pids
}

// reapOrphans takes the exit codes of ended descendants that we adopted, so that
// a long run does not fill the table of processes. The trainer is left to its own
// wait.
func reapOrphans(trainer int) {
	for _, p := range processes() {
		if p.parent == os.Getpid() && p.pid != trainer && p.ended() {
			_, _ = syscall.Wait4(p.pid, nil, syscall.WNOHANG, nil)
		}
	}
}

type process struct {
	pid, parent int
	state       string
}

func (p process) ended() bool { return p.state == "Z" || p.state == "X" }

func processes() (all []process) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	for _, file := range files {
		pid, errPID := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		fields, err := statFields(file)
		if errPID != nil || err != nil {
			continue
		}
		if parent, err := strconv.Atoi(fields[1]); err == nil {
			all = append(all, process{pid, parent, fields[0]})
		}
	}
	return all
}

// statFields are the fields of /proc/PID/stat from the third on (proc(5)). The
// name in field 2 may hold blanks and parentheses, so fields are counted from the
// last parenthesis.
func statFields(file string) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	if len(fields) < 20 {
		return nil, fmt.Errorf("%s: %d fields", file, len(fields)+2)
	}
	return fields, nil
}

// stopped reports whether a signal keeps the process from running.
func stopped(pid int) bool {
	fields, err := statFields(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && slices.Contains([]string{"T", "t"}, fields[0])
}

// programName is what a process is called, at most 15 characters.
func programName(pid int) string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(data))
}
