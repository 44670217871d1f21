package node

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/files"
)

// warn tells the supervisor that Slurm is about to end the job. It passes that on to the
// processes that handle USR1 (Lightning, submitit), since it would end any other. Where
// none does, the trainer is asked to end at once, as most save at that: it has all of the
// time that is left then, and not the few seconds after Slurm's own TERM.
func (f *follower) warn() {
	f.log("Slurm is about to end the job")
	f.signal(syscall.SIGUSR1)
	var trainer struct{ PID int }
	found, err := files.ReadJSON(f.nodeDir, "trainer.json", &trainer)
	if err == nil && found && listens(trainer.PID) {
		return
	}
	f.log("the trainer handles no USR1, so it is asked to end")
	f.signal(syscall.SIGTERM)
}

// signal is one from outside for the supervisor, no stop of ours: the attempt does not
// count as ended on request.
func (f *follower) signal(sig syscall.Signal) {
	if err := attempt.Signal(f.handle, sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		f.log("signal %v for the supervisor: %v", sig, err)
	}
}

// listens reports whether a process of the group has a handler for USR1.
func listens(leader int) bool {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return false
	}
	for _, stat := range stats {
		const state, group = 0, 2 // among the fields from the third on (proc(5))
		data, err := os.ReadFile(stat)
		fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
		if err == nil && len(fields) > group && fields[state] != "Z" && fields[group] == strconv.Itoa(leader) && catches(filepath.Dir(stat), syscall.SIGUSR1) {
			return true
		}
	}
	return false
}

// catches reports whether the process of a directory of /proc has a handler for the
// signal (SigCgt).
func catches(proc string, sig syscall.Signal) bool {
	data, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(data)) {
		if mask, is := strings.CutPrefix(line, "SigCgt:"); is {
			bits, err := strconv.ParseUint(strings.TrimSpace(mask), 16, 64)
			return err == nil && bits&(1<<(sig-1)) != 0
		}
	}
	return false
}
