package node

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A jobWatch finds out that Slurm has given up the job while its processes live on, as
// those of a node that is taken for dead do: nothing would ever end them.
type jobWatch struct {
	place
	every time.Duration
	next  time.Time
	gone  int // answers in a row that the job does not run here
	told  bool
}

// newJobWatch asks less often the more nodes ask: slurmctld gets about one question a
// second of a large job.
func newJobWatch(p place, nodes int) *jobWatch {
	every := 30*time.Second + time.Duration(nodes)*time.Second
	return &jobWatch{place: p, every: every, next: time.Now().Add(every)}
}

// ended reports once that two answers in a row said so. No answer says nothing.
func (w *jobWatch) ended(ctx context.Context) bool {
	if w.told || time.Now().Before(w.next) {
		return false
	}
	w.next = time.Now().Add(w.every)
	ctx, cancel := context.WithTimeout(ctx, w.every)
	defer cancel()
	out, err := exec.CommandContext(ctx, "scontrol", "-o", "show", "job", strconv.Itoa(w.number)).CombinedOutput()
	switch runs, known := w.read(string(out), err); {
	case known && !runs:
		w.gone++
	case known:
		w.gone = 0
	}
	w.told = w.gone >= 2
	return w.told
}

// read takes what scontrol says of the job: the state, and how often it was restarted.
func (w *jobWatch) read(text string, err error) (runs, known bool) {
	if err != nil {
		return false, strings.Contains(text, "Invalid job id")
	}
	fields := map[string]string{}
	for _, field := range strings.Fields(text) {
		if name, value, is := strings.Cut(field, "="); is {
			fields[name] = value
		}
	}
	state, restarts := fields["JobState"], fields["Restarts"]
	if state == "" || restarts == "" {
		return false, false
	}
	if restarts != strconv.Itoa(w.restart) {
		return false, true
	}
	return state == "RUNNING" || state == "COMPLETING" || state == "SUSPENDED" || state == "STOPPED" || state == "CONFIGURING", true
}
