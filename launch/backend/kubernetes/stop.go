package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/files"
)

// A stopRequest is written here before the cluster is asked: a Job that is gone
// then was ended by us.
type stopRequest struct {
	At    time.Time     `json:"at"`
	Grace time.Duration `json:"grace_ns"`
}

// Stop implements launch.Backend. A pod that trains is asked by an annotation, which
// the kubelet puts into a file that the agent watches: so it stays, with its exit code
// and its log. A deadline of the Job is the force, should the pod not end itself. A
// Job that trains nothing yet is deleted.
func (k *Kubernetes) Stop(ctx context.Context, dir string, text launch.Handle, grace time.Duration) error {
	h, err := readHandle(text)
	if err != nil {
		return err
	}
	if _, over, err := ended(dir); over || err != nil {
		return err
	}
	c, err := k.client()
	if err != nil {
		return err
	}
	s, err := c.look(ctx, h, dir)
	if answered(err, http.StatusNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("kubernetes: stop the Job %s: %w", h.Name, err)
	}
	if s.judge().State.Ended() {
		return nil
	}
	if err := files.WriteJSON(dir, stopName, stopRequest{time.Now(), grace}); err != nil {
		return fmt.Errorf("kubernetes: request stop: %w", err)
	}
	if h.Index != nil {
		err = k.stopCell(ctx, c, dir, h, s, grace)
	} else {
		err = c.end(ctx, h, s, grace)
	}
	if err != nil {
		return fmt.Errorf("kubernetes: stop the Job %s: %w", h.Name, err)
	}
	return nil
}

func (c *client) end(ctx context.Context, h handle, s sight, grace time.Duration) error {
	running, _ := s.running()
	if running == 0 {
		return c.remove(ctx, h)
	}
	if err := c.limit(ctx, h, s, grace); err != nil {
		return c.remove(ctx, h)
	}
	for _, p := range s.pods {
		if p.trainer().State.Terminated != nil {
			continue
		}
		err := c.do(ctx, http.MethodPatch, c.in(h).core("pods")+"/"+url.PathEscape(p.Metadata.Name), asMerge,
			object{"metadata": object{"annotations": object{stopNote: strconv.Itoa(carry.Seconds(grace))}}}, nil)
		if err != nil && !answered(err, http.StatusNotFound) {
			return errors.Join(c.remove(ctx, h)) // TERM reaches the pod then too; its log may go with it
		}
	}
	return nil
}

// limit has the cluster end the pods a while after they should have ended.
func (c *client) limit(ctx context.Context, h handle, s sight, grace time.Duration) error {
	since := time.Since(s.job.Status.StartTime)
	return c.do(ctx, http.MethodPatch, c.in(h).job(h.Name), asMerge,
		object{"spec": object{"activeDeadlineSeconds": carry.Seconds(max(0, since)+grace) + overtime}}, nil)
}

// overtime is how long, in seconds, after its grace a pod may still be there.
const overtime = 60
