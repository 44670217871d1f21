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
	"time"

	"golang.org/x/sys/unix"

	"trainyard/launch/task"
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
// its pid, which is its group's name, is not given out yet.
func waitExited(pid int) error {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err
		}
	}
}

// left lists what may be left of an attempt whose supervisor is gone: the living
// processes that carry its mark, those that its supervisor has seen below it, those
// whose output goes to its log, and orphans that work in its directory without a
// terminal. All but the first may have cleared their environment.
func left(dir string) []int {
	pids := marked(dir)
	for _, pid := range family(dir) {
		if !slices.Contains(pids, pid) {
			pids = append(pids, pid)
		}
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real // as the kernel names it
	}
	files, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return pids
	}
	for _, proc := range files {
		pid, err := strconv.Atoi(filepath.Base(proc))
		if err == nil && pid != os.Getpid() && !slices.Contains(pids, pid) && (writesTo(proc, filepath.Join(dir, task.LogName)) || worksIn(proc, dir) || copies(proc, dir)) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// copies reports whether a process has the arguments of the attempt's supervisor: a
// trainer has them until it runs its own program, so that one which was just being
// started when the supervisor was killed is found.
func copies(proc, dir string) bool {
	line, err := os.ReadFile(filepath.Join(proc, "cmdline"))
	return err == nil && bytes.HasSuffix(line, []byte("\x00supervise\x00"+dir+"\x00"))
}

func writesTo(proc, log string) bool {
	for _, fd := range []string{"1", "2"} {
		if target, err := os.Readlink(filepath.Join(proc, "fd", fd)); err == nil && target == log {
			return true
		}
	}
	return false
}

// worksIn leaves out the programs of people who look at the directory: those have a
// terminal, or a parent that lives.
func worksIn(proc, dir string) bool {
	cwd, err := os.Readlink(filepath.Join(proc, "cwd"))
	if err != nil || cwd != dir && !strings.HasPrefix(cwd, dir+"/") {
		return false
	}
	const parent, terminal = 1, 4 // among the fields of stat from the third on
	fields, err := statFields(filepath.Join(proc, "stat"))
	return err == nil && fields[terminal] == "0" && fields[0] != "Z" && fields[0] != "X" && adopts(fields[parent])
}

// adopts reports whether a process takes orphans: the first one, and the managers
// of sessions and containers.
func adopts(pid string) bool {
	if pid == "1" {
		return true
	}
	name, err := os.ReadFile("/proc/" + pid + "/comm")
	return err == nil && slices.Contains([]string{"systemd", "tini", "docker-init", "dumb-init"}, strings.TrimSpace(string(name)))
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

// catches reports whether a process has a handler for a signal.
func catches(pid int, sig syscall.Signal) bool { return inMask(pid, "SigCgt:", sig) }

// dying reports whether a process was killed, or ends, and is not gone yet.
func dying(pid int) bool {
	const flags, exiting = 6, 0x4 // of stat, from the third field on; PF_EXITING in linux/sched.h
	fields, err := statFields(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	now, err := strconv.ParseUint(fields[flags], 10, 64)
	return err == nil && now&exiting != 0 || inMask(pid, "SigPnd:", syscall.SIGKILL) || inMask(pid, "ShdPnd:", syscall.SIGKILL)
}

// inMask reports whether a set of signals in /proc/PID/status has one (proc(5)).
func inMask(pid int, name string, sig syscall.Signal) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(data)) {
		if mask, found := strings.CutPrefix(line, name); found {
			set, err := strconv.ParseUint(strings.TrimSpace(mask), 16, 64)
			return err == nil && set&(1<<(uint(sig)-1)) != 0
		}
	}
	return false
}
