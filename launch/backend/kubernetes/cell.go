package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/files"
)

// A seen is what a look saw of a cell's pod that no later look may see: the Job says which
// indices have failed, and only a pod says why.
type seen struct {
	Disrupted string `json:"disrupted,omitempty"` // by what the cluster ended it
	Hopeless  string `json:"hopeless,omitempty"`  // why we deleted it
	// Version is that of the cluster at a look that was some time ago, from which what was
	// deleted since is asked for.
	Version string    `json:"version,omitempty"`
	Looked  time.Time `json:"looked,omitzero"`
}

const seenName = "seen.json"

// failedIndex is the reason of the condition that a Job would have, were it this cell alone.
const failedIndex = "FailedIndex"

// goneWords are for a cell of which no pod is left. What ended by itself keeps its pod.
const goneWords = "its pod was taken away, as the cluster does with one that it evicts or preempts, and as another hand can; no look saw which, and the API server has forgotten it"

// ofCell is the Job as it stands for one of its indices, at a look.
func (j job) ofCell(index int, now time.Time) job {
	j.Spec.Completions = 1
	end := condition{Status: "True", Since: now.UTC().Truncate(time.Second)}
	switch {
	case holds(j.Status.Completed, index):
		end.Type = "Complete"
	case holds(j.Status.Failed, index):
		end.Type, end.Reason, end.Message = "Failed", failedIndex, goneWords
	default:
		return j // of a Job that is over, how it ended is all that is known
	}
	j.Status.Conditions = []condition{end}
	return j
}

// over reports whether every index has ended.
func (j job) over() bool {
	_, complete := is(j.Status.Conditions, "Complete")
	_, failed := is(j.Status.Conditions, "Failed")
	for i := range j.Spec.Completions {
		if !complete && !failed && !holds(j.Status.Completed, i) && !holds(j.Status.Failed, i) {
			return false
		}
	}
	return true
}

// holds reports whether an index is one of a Job's "1,3-5,7".
func holds(list string, index int) bool {
	for span := range strings.SplitSeq(list, ",") {
		from, to, more := strings.Cut(span, "-")
		first, err := strconv.Atoi(from)
		last := first
		if err == nil && more {
			last, err = strconv.Atoi(to)
		}
		if err == nil && first <= index && index <= last {
			return true
		}
	}
	return false
}

// podsSelector finds the pods of an attempt.
func (h handle) podsSelector() string {
	which := "batch.kubernetes.io/job-name=" + h.Name
	if h.Index != nil {
		which += fmt.Sprintf(",batch.kubernetes.io/job-completion-index=%d", *h.Index)
	}
	return which
}

// note keeps what is seen of a cell's pod. A pod that gets no image is deleted then, and
// one that appears after its end was asked for is asked.
func (k *Kubernetes) note(ctx context.Context, c *client, dir string, h handle, s sight) error {
	saw := s.seen
	if hit, by := s.disruption(condition{}); hit {
		saw.Disrupted = by
	}
	if saw.Hopeless == "" {
		saw.Hopeless = s.hopeless(time.Now())
	}
	if now := time.Now().UTC(); now.Sub(saw.Looked) > remembered {
		saw.Version, saw.Looked = s.version, now
	}
	if saw != s.seen {
		if err := files.WriteJSON(dir, seenName, saw); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err // a directory that is gone takes nothing away
		}
	}
	switch {
	case saw.Hopeless != "":
		return c.drop(ctx, h, s.pods)
	case s.stopped && !s.asked():
		_, err := c.endCell(ctx, h, s, s.grace)
		return err
	}
	return nil
}

// asked reports whether a pod of it was asked to end, or is being deleted.
func (s sight) asked() bool {
	for _, p := range s.pods {
		if p.Metadata.Annotations[stopNote] != "" || !p.Metadata.DeletedAt.IsZero() {
			return true
		}
	}
	return false
}

// stopCell ends one index. Its pod may not be made yet: there is nothing to ask then, and
// a Job has no word for an index that is not to start.
func (k *Kubernetes) stopCell(ctx context.Context, c *client, dir string, h handle, s sight, grace time.Duration) error {
	for until := time.Now().Add(podLimit); ; {
		placed, err := c.endCell(ctx, h, s, grace)
		if placed || err != nil {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("it has no pod yet (%s), and nothing to stop: it is stopped by the next look that sees one", s.judge().Reason)
		}
		if err := pause(ctx); err != nil {
			return err
		}
		if s, err = c.look(ctx, h, dir); answered(err, http.StatusNotFound) || err == nil && s.judge().State.Ended() {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// podLimit is far more than the cluster takes to make a pod of a Job that it lets go.
// Tests have less.
var podLimit = 20 * time.Second

// endCell asks a pod that trains to end, and deletes one that does not yet: its index has
// failed then, and is not started again. placed is false where it has no pod.
func (c *client) endCell(ctx context.Context, h handle, s sight, grace time.Duration) (placed bool, err error) {
	for _, p := range s.pods {
		t := p.trainer()
		switch {
		case t.State.Terminated != nil:
		case t.State.Running == nil || p.Status.Phase != "Running":
			err = c.drop(ctx, h, []pod{p})
		default:
			err = c.ask(ctx, h, p, grace)
		}
		if err != nil {
			return false, err
		}
	}
	return len(s.pods) > 0, nil
}

// ask has the agent end its trainer, and the kubelet the pod, should it be there a while
// after its grace.
func (c *client) ask(ctx context.Context, h handle, p pod, grace time.Duration) error {
	limit := carry.Seconds(max(0, time.Since(p.Status.StartTime))+grace) + overtime
	patch := object{"metadata": object{"annotations": object{stopNote: strconv.Itoa(carry.Seconds(grace))}}}
	if was := p.Spec.Deadline; was == 0 || limit < was { // it can only be made shorter
		patch["spec"] = object{"activeDeadlineSeconds": limit}
	}
	err := c.do(ctx, http.MethodPatch, c.in(h).core("pods")+"/"+url.PathEscape(p.Metadata.Name), asMerge, patch, nil)
	if err != nil && !answered(err, http.StatusNotFound) {
		return c.drop(ctx, h, []pod{p}) // TERM reaches it then too; its log may go with it
	}
	return nil
}

// drop deletes pods.
func (c *client) drop(ctx context.Context, h handle, pods []pod) error {
	for _, p := range pods {
		body := object{"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": object{"uid": p.Metadata.UID}}
		err := c.do(ctx, http.MethodDelete, c.in(h).core("pods")+"/"+url.PathEscape(p.Metadata.Name), asJSON, body, nil)
		if err != nil && !answered(err, http.StatusNotFound) && !answered(err, http.StatusConflict) {
			return err
		}
	}
	return nil
}

// findPart finds the cell that a claim stands for. A batch that is gone was let go once,
// or it would be void: of its cells the handle is left.
func (c *client) findPart(ctx context.Context, claim job) (h launch.Handle, again bool, err error) {
	notes := claim.Metadata.Annotations
	index, err := strconv.Atoi(notes[indexNote])
	if err != nil {
		return "", false, fmt.Errorf("the claim %s has the index %q: %w", claim.Metadata.Name, notes[indexNote], err)
	}
	h = handle{claim.Metadata.Namespace, notes[batchNote], notes[uidNote], &index}.text()
	batch, err := c.get(ctx, notes[batchNote])
	switch {
	case answered(err, http.StatusNotFound), err == nil && batch.Metadata.UID != notes[uidNote]:
		return h, false, nil
	case err != nil:
		return "", false, fmt.Errorf("look for the Job %s: %w", notes[batchNote], err)
	case batch.Metadata.Annotations[stageNote] == void:
		return "", false, launch.ErrNeverStarted
	case batch.Metadata.Annotations[stageNote] != making:
		return h, false, nil
	}
	err = c.do(ctx, http.MethodPatch, c.job(notes[batchNote]), asPatch, voiding(), nil)
	switch {
	case err == nil:
		return "", false, launch.ErrNeverStarted
	case overtaken(err):
		return "", true, nil
	}
	return "", false, fmt.Errorf("make sure that the Job %s cannot start: %w", notes[batchNote], err)
}
