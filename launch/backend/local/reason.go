package local

import (
	"fmt"
	"os"
	"strings"
)

// An ending is all the supervisor knows about how the trainer ended.
type ending struct {
	exit    Exit
	outside os.Signal // that the supervisor got without a stop request
	tail    string    // the end of the log
	oom     *bool     // whether the kernel killed for want of memory meanwhile; nil: not known
}

// signalHints say what usually sends a signal to a training process.
var signalHints = map[int]string{
	1:  "SIGHUP: its terminal went away",
	2:  "SIGINT: an interrupt from a keyboard or a scheduler",
	4:  "SIGILL: a binary built for another processor",
	6:  "SIGABRT: an assertion, or the NCCL watchdog after a collective hung",
	7:  "SIGBUS: most often /dev/shm is too small for the data loaders",
	9:  "SIGKILL: most often the host ran out of memory; else somebody's kill -9",
	11: "SIGSEGV: a crash in native code",
	15: "SIGTERM: asked to end from outside, by a scheduler or a shutdown",
}

// codeHints are for exit codes that mean the same in most programs; codes
// above 128 are signals that a shell or a launcher passed on.
var codeHints = map[int]string{
	2:   "wrong usage or configuration",
	126: "the program was found but cannot be run",
	127: "the program was not found",
}

// logHints name a known trouble by words in the last part of a log. The first
// that fits is told, so the more telling ones come first.
var logHints = []struct{ words, hint string }{
	{"CUDA out of memory", "the GPU ran out of memory: use a smaller window or per-device batch, LoRA, or more GPUs"},
	{"Watchdog caught collective operation timeout", "a NCCL collective timed out: a rank died or was slow, as while one rank tokenizes"},
	{"No space left on device", "a disk is full"},
	{"exitcode  : -9", "a worker was killed: most often the host ran out of memory"},
	{"exitcode  : -7", "a worker got SIGBUS: most often /dev/shm is too small"},
	{"Cannot find valid samples", "the trainer accepted no row of the dataset"},
	{"GatedRepoError", "the model is gated: accept its licence and set HF_TOKEN"},
	{"No module named", "a Python module is missing in the trainer's environment"},
	{"Output directory already exists and is not empty", "the output directory holds something that is no checkpoint"},
}

// reason is one sentence for people; the log has the rest.
func (e ending) reason() string {
	what := e.what()
	switch {
	case e.exit.Stopped:
		return "stopped on request; " + what
	case e.exit.Code == 0 && e.exit.Signal == 0:
		return what
	}
	if e.outside != nil {
		what = fmt.Sprintf("the supervisor got %v from outside, as at a shutdown, and passed it on; %s", e.outside, what)
	}
	return what + e.why()
}

func (e ending) what() string {
	if e.exit.Signal != 0 {
		return fmt.Sprintf("killed by signal %d%s", e.exit.Signal, e.hint())
	}
	return fmt.Sprintf("exited with code %d%s", e.exit.Code, e.hint())
}

// hint is what most often lies behind a code or a signal. Whoever asked for
// the end needs none.
func (e ending) hint() string {
	text := codeHints[e.exit.Code]
	if e.exit.Code > 128 {
		text = signalHints[e.exit.Code-128]
	}
	if e.exit.Code == 137 && e.oom != nil {
		text = killHint(*e.oom)
	}
	if text == "" || e.exit.Stopped {
		return ""
	}
	return " (" + text + ")"
}

func killHint(oom bool) string {
	if oom {
		return "SIGKILL: the kernel killed for want of memory while this ran; use more memory, less offload or fewer workers"
	}
	return "SIGKILL: somebody's kill -9; the kernel killed nothing for want of memory while this ran"
}

// why adds what the log tells: a known trouble, else its last line. A process
// that was killed did not know, so its last line is none.
func (e ending) why() string {
	for _, h := range logHints {
		if strings.Contains(e.tail, h.words) {
			return "; the log says: " + h.hint
		}
	}
	if e.exit.Signal != 0 {
		return ""
	}
	if line := lastLine(e.tail); line != "" {
		return fmt.Sprintf("; the log ends with %q", line)
	}
	return "; the log is empty"
}

// lastLine is the last line with something on it, cut to a readable length.
// Progress bars end their lines with \r.
func lastLine(tail string) string {
	lines := strings.FieldsFunc(strings.TrimSpace(tail), func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) == 0 {
		return ""
	}
	line := []rune(strings.TrimSpace(lines[len(lines)-1]))
	const most = 200
	if len(line) > most {
		return string(line[:most]) + "…"
	}
	return string(line)
}
