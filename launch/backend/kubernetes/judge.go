package kubernetes

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/backend/carry/inside"
)

// A sight is all that one look shows.
type sight struct {
	job     job
	pods    []pod
	spec    spec
	stopped bool // its end was asked for from here
	grace   time.Duration
	seen    seen   // of a cell
	version string // of the cluster, at this look
	gone    bool   // the pods are those of the past
	over    bool   // all of its Job has ended
	warning string // of its supervisor, where that is seen here
}

// judge says how an attempt stands. It asks nothing.
func (s sight) judge() launch.Status {
	if c, ok := is(s.job.Status.Conditions, "Complete"); ok {
		return s.complete(c)
	}
	if c, ok := is(s.job.Status.Conditions, "Failed"); ok {
		return s.failed(c)
	}
	return s.live()
}

func (s sight) complete(c condition) launch.Status {
	end, _ := s.worst()
	st := s.ended(end, c)
	if st.State, st.Code = launch.Succeeded, 0; end.State == launch.Cancelled {
		st.State = end.State
	}
	st.Reason = cmp.Or(end.Reason, "exited with code 0")
	return st
}

// ended has the facts of the record, and where that lacks them those of the Job.
func (s sight) ended(end inside.Record, c condition) launch.Status {
	st := launch.Status{Code: end.Code, Signal: end.Signal, StartedAt: end.Started, EndedAt: end.Ended, Error: end.Error, ErrorLast: end.ErrorLast, Interrupted: end.Interrupted}
	if st.EndedAt.IsZero() {
		st.StartedAt, st.EndedAt = s.job.Status.StartTime, c.Since
	}
	return st
}

// failed reads the end from the pods, and where they are gone from the words of the
// Job's condition.
func (s sight) failed(c condition) launch.Status {
	end, where := s.worst()
	if where == "" {
		end.Code = codeOf(c.Message)
		end.Signal = carry.Signal(end.Code)
	}
	st := s.ended(end, c)
	st.State, st.Reason = s.why(end, where, c)
	return st
}

// why is the state and its sentence; the first that fits tells the most.
func (s sight) why(end inside.Record, where string, c condition) (launch.State, string) {
	disrupted, by := s.disruption(c)
	what := s.what(end, where)
	switch {
	case end.State == launch.Cancelled:
		return launch.Cancelled, what
	case s.stopped:
		return launch.Cancelled, "stopped on request; " + what
	case s.seen.Hopeless != "" && (end.State == "" || end.Why == inside.Outside):
		return launch.Failed, s.seen.Hopeless
	case end.Why == inside.Fenced:
		return launch.Preempted, "the cluster started its pod again, and the fence kept it from training twice: " + what
	case disrupted:
		return launch.Preempted, "the cluster ended its pod" + by + "; " + what
	case (end.State == "" || end.Why == inside.Outside) && (c.Reason == "DeadlineExceeded" || s.overdue()):
		return launch.Failed, "the cluster ended it some time after its deadline: its pod did not end itself, or did not get its image"
	case end.Why == inside.Outside, s.gone && end.State == "" && (end.Signal == int(syscall.SIGTERM) || end.Signal == int(syscall.SIGKILL)):
		return launch.Failed, "its pod was deleted, and no word says by whom; " + what
	case end.Why == inside.Unready:
		return launch.Failed, "the trainer could not be started: " + what
	case where == "" && c.Reason == failedIndex:
		return launch.Failed, c.Message
	case where == "" && end.Code < 0:
		return launch.Failed, fmt.Sprintf("the Job failed and its pods are gone: %s: %s", c.Reason, c.Message)
	}
	return launch.Failed, what
}

// disruption reports whether the cluster ended a pod for reasons of its own. The
// first rule of the podFailurePolicy leaves its word in the Job for when the pod is
// gone.
func (s sight) disruption(c condition) (bool, string) {
	for _, p := range s.pods {
		if d, ok := is(p.Status.Conditions, "DisruptionTarget"); ok {
			return true, fmt.Sprintf(" on %s (%s: %s)", p.Spec.Node, d.Reason, clip(join2(d.Message, p.Status.Message), 300))
		}
		if p.Status.Reason == "Evicted" || p.Status.Reason == "Terminated" || p.Status.Reason == "NodeShutdown" {
			return true, fmt.Sprintf(" on %s (%s: %s)", p.Spec.Node, p.Status.Reason, clip(p.Status.Message, 300))
		}
	}
	return s.seen.Disrupted != "" || strings.Contains(c.Message, "condition DisruptionTarget"), s.seen.Disrupted
}

// overdue reports whether a kubelet ended a pod at the pod's own deadline.
func (s sight) overdue() bool {
	for _, p := range s.pods {
		if p.Status.Reason == "DeadlineExceeded" {
			return true
		}
	}
	return false
}

func join2(a, b string) string {
	if b == "" || strings.Contains(a, b) {
		return a
	}
	return strings.TrimSpace(a + " " + b)
}

// worst is the end of the trainer that ended first in a bad way: those of the other
// nodes follow from it. where is its pod; empty where none is left.
func (s sight) worst() (end inside.Record, where string) {
	end.Code = -1
	for _, p := range s.pods {
		t := p.trainer().State.Terminated
		if t == nil {
			continue
		}
		r := t.record()
		earlier := bad(r) && (!bad(end) || where == "" || r.Ended.Before(end.Ended))
		if where == "" || earlier {
			end, where = r, p.Metadata.Name
		}
	}
	return end, where
}

func bad(r inside.Record) bool { return r.Code != 0 || r.State == launch.Failed }

// what is how a trainer ended, and on which of several nodes.
func (s sight) what(end inside.Record, where string) string {
	switch {
	case where == "" && end.Code < 0:
		return "how its trainer ended is not known"
	case where == "":
		return (&terminated{}).words(end)
	case s.job.Spec.Completions > 1:
		return "in the pod " + where + ": " + end.Reason
	}
	return end.Reason
}

var codeWords = regexp.MustCompile(`failed with exit code (\d+) matching`)

// codeOf reads the code from the words of a podFailurePolicy; -1 where none is told.
func codeOf(message string) int {
	if m := codeWords.FindStringSubmatch(message); m != nil {
		if code, err := strconv.Atoi(m[1]); err == nil {
			return code
		}
	}
	return -1
}

// live is an attempt that has not ended.
func (s sight) live() launch.Status {
	queued := func(format string, args ...any) launch.Status {
		return launch.Status{State: launch.Queued, Code: -1, Reason: fmt.Sprintf(format, args...)}
	}
	running, started := s.running()
	switch {
	case running > 0:
		return s.runs(running, started)
	case !s.job.Metadata.DeletedAt.IsZero():
		return queued("its Job is being deleted")
	case s.job.Metadata.Annotations[stageNote] == making:
		return queued("its Job is being made")
	case s.job.Spec.Suspend && s.job.Metadata.Labels[queueLabel] != "":
		return queued("waits in the queue %s of Kueue", s.job.Metadata.Labels[queueLabel])
	case s.job.Spec.Suspend:
		return queued("its Job is suspended, and not by trainyard: kubectl patch job %s -p '{\"spec\":{\"suspend\":false}}' lets it go", s.job.Metadata.Name)
	}
	for _, p := range s.pods {
		if words := p.waits(); words != "" {
			return queued("%s", words)
		}
	}
	for _, p := range s.pods {
		if p.trainer().State.Terminated != nil {
			return s.runs(0, started)
		}
	}
	return queued("its Job has no pod yet")
}

func (s sight) runs(running int, started time.Time) launch.Status {
	st := launch.Status{State: launch.Running, Code: -1, StartedAt: started, Reason: s.warning}
	if nodes := max(1, s.job.Spec.Completions); running > 0 && running < nodes {
		st.Reason = fmt.Sprintf("%d of %d pods run", running, nodes)
	}
	for _, p := range s.pods {
		if c, ok := state(p.Status.Conditions, "Ready", "Unknown"); ok || p.Status.Reason == "NodeLost" {
			st.Stall = fmt.Sprintf("the node %s of the pod %s does not answer the cluster: %s", p.Spec.Node, p.Metadata.Name, c.Reason)
		}
	}
	return st
}

// running counts trainers at work, with the start of the first.
func (s sight) running() (n int, started time.Time) {
	for _, p := range s.pods {
		var at time.Time
		switch c := p.trainer(); {
		case c.State.Running != nil && p.Status.Phase == "Running":
			n++
			at = c.State.Running.Started
		case c.State.Terminated != nil:
			at = c.State.Terminated.Started
		}
		if !at.IsZero() && (started.IsZero() || at.Before(started)) {
			started = at
		}
	}
	return n, started
}

// waits says what a pod waits for; empty where it does not.
func (p pod) waits() string {
	if p.Status.Phase != "Pending" {
		return ""
	}
	if c, ok := state(p.Status.Conditions, "PodScheduled", "False"); ok {
		return fmt.Sprintf("no node has room for it (%s: %s)%s", c.Reason, clip(c.Message, 300), p.wants(c.Message))
	}
	for _, c := range append(p.Status.Inits, p.Status.Containers...) {
		if w := c.State.Waiting; w != nil && w.Reason != "PodInitializing" && (w.Reason != "ContainerCreating" || w.Message != "") {
			return fmt.Sprintf("on %s, %s waits: %s: %s", p.Spec.Node, c.Name, w.Reason, clip(w.Message, 300))
		}
	}
	if p.Spec.Node == "" {
		return "its pod waits for a node"
	}
	return "its pod is being made on " + p.Spec.Node
}

// wants are the labels of the nodes that a pod waits for, where the scheduler says that
// others are there.
func (p pod) wants(message string) string {
	if !strings.Contains(message, "selector") || len(p.Spec.Selector) == 0 {
		return ""
	}
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(p.Spec.Selector)) {
		pairs = append(pairs, key+"="+p.Spec.Selector[key])
	}
	return "; it asks for nodes with " + strings.Join(pairs, ", ") + ", as node_selector and arch of its place say"
}

// imageFaults are reasons of a container that waits for an image it does not get.
var imageFaults = map[string]bool{
	"ErrImagePull": true, "ImagePullBackOff": true, "InvalidImageName": true, "ErrImageNeverPull": true,
	"RegistryUnavailable": true, "ImageInspectError": true, "CreateContainerConfigError": true,
}

// patience is how long an image may not be got before the attempt is given up: GPUs
// are held meanwhile.
// Tests have less.
var patience = 10 * time.Minute

// hopeless says that a pod has waited for its image for too long; empty where none
// has.
func (s sight) hopeless(now time.Time) string {
	for _, p := range s.pods {
		at, scheduled := is(p.Status.Conditions, "PodScheduled")
		if !scheduled || now.Sub(at.Since) < patience {
			continue
		}
		for _, c := range append(p.Status.Inits, p.Status.Containers...) {
			if w := c.State.Waiting; w != nil && imageFaults[w.Reason] {
				return fmt.Sprintf("the pod %s has not started in %v: %s: %s", p.Metadata.Name, patience, w.Reason, clip(w.Message, 300))
			}
		}
	}
	return ""
}
