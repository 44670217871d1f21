package attempt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"trainyard/launch/cause"
)

// An ending is all the supervisor knows about how the trainer ended.
type ending struct {
	exit       Exit
	outside    os.Signal     // that the supervisor got without a stop request
	warned     bool          // the platform gave warning
	by         string        // what else ended it, in words
	left       []int         // processes that could not be ended
	stallAfter time.Duration // how long it may tell nothing
	cause      cause.Cause   // from the log
	logFault   error         // why that could not be read
	killed     memoryKill
	full       bool // the disk has no room
}

// A memoryKill says whether the kernel killed for want of memory meanwhile.
type memoryKill int

const (
	unknownKill memoryKill = iota
	noKill                 // nothing was killed on this machine
	elsewhere              // something was, and what is not known
	groupKill              // a process of our own control group was
)

// killedForMemory compares two counts. That of the machine counts the processes
// of all its containers and users.
func killedForMemory(before, after oomCount) memoryKill {
	switch {
	case before.group >= 0 && after.group > before.group:
		return groupKill
	case before.group >= 0 && after.group >= 0, before.machine >= 0 && after.machine == before.machine:
		return noKill
	case before.machine >= 0 && after.machine > before.machine:
		return elsewhere
	}
	return unknownKill
}

// killHints say what a SIGKILL most likely was.
var killHints = map[memoryKill]string{
	noKill:    "SIGKILL: a kill -9 from outside; the kernel killed nothing of this run for want of memory",
	elsewhere: "SIGKILL: a kill -9 from outside, or the kernel for want of memory: it killed some process of this machine meanwhile",
	groupKill: "SIGKILL: the kernel killed for want of memory in this run's control group; use more memory, less offload or fewer workers",
}

// codeHints are for exit codes that mean the same in most programs; codes
// above 128 are signals that a shell or a launcher passed on.
var codeHints = map[int]string{
	2:   "wrong usage or configuration",
	126: "the program was found but cannot be run",
	127: "the program was not found",
}

// reason is one sentence for people; the log has the rest.
func (e ending) reason() string {
	words := e.story()
	if len(e.left) > 0 {
		words += fmt.Sprintf("; these processes of it could not be ended: %s", strings.Trim(fmt.Sprint(e.left), "[]"))
	}
	return words
}

func (e ending) story() string {
	what := e.what()
	switch {
	case e.exit.Stalled:
		return fmt.Sprintf("ended because it told nothing for %v, which the recipe does not allow; %s", e.stallAfter, what)
	case e.exit.By != "":
		return "ended because " + e.by + "; " + what
	case e.exit.Stopped:
		return "stopped on request; " + what
	}
	if outside := e.outsideWords(); outside != "" {
		what = outside + "; " + what
	}
	if e.exit.Code == 0 && e.exit.Signal == 0 {
		return what
	}
	if e.warned {
		what += ", after its platform gave warning"
	}
	return what + e.why()
}

// outsideWords are empty where no signal came from outside.
func (e ending) outsideWords() string {
	if e.outside == nil {
		return ""
	}
	return fmt.Sprintf("the supervisor got %v from outside, as at a shutdown, and passed it on", e.outside)
}

func (e ending) what() string {
	if e.exit.Signal != 0 {
		return fmt.Sprintf("killed by signal %d%s", e.exit.Signal, e.hint())
	}
	return fmt.Sprintf("exited with code %d%s", e.exit.Code, e.hint())
}

// hint is what most often lies behind a code or a signal. An end that was asked
// for needs none.
func (e ending) hint() string {
	switch text := codeHints[e.exit.Code]; {
	case e.exit.Stopped || e.exit.Stalled || e.exit.By != "":
		return ""
	case e.exit.Code == 128+int(syscall.SIGKILL) && killHints[e.killed] != "":
		return " (" + killHints[e.killed] + ")"
	case e.exit.Code > 128:
		return cause.SignalHint(e.exit.Code - 128)
	case text != "":
		return " (" + text + ")"
	}
	return ""
}

// why adds what the log tells: the cause, else its last line. A process that was
// killed did not know, so its last line is none.
func (e ending) why() string {
	words := ""
	switch killed := e.exit.Signal != 0; {
	case e.exit.Signal == int(syscall.SIGKILL):
	case e.cause.Text != "":
		words = "; its log has the error: " + e.cause.Text
	case e.cause.Hint != "":
		words = "; the log says: " + e.cause.Hint
	case killed:
	case e.cause.End != "":
		words = fmt.Sprintf("; the log ends with %q", e.cause.End)
	case errors.Is(e.logFault, fs.ErrNotExist):
		words = "; its log was removed"
	case e.logFault != nil:
		words = "; its log could not be read: " + e.logFault.Error()
	default:
		words = "; the log is empty"
	}
	if e.cause.Text != "" && e.cause.Hint != "" && words != "" {
		words += " (" + e.cause.Hint + ")"
	}
	if e.full {
		words += "; the disk is full, so the log may lack its end"
	}
	return words
}
