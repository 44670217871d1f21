package kubernetes

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/carry/inside"
	"trainyard/launch/files"
)

// Names in the attempt's directory here.
const (
	specName  = "spec.json"
	stopName  = "stop.json"
	endName   = "end.json"   // the status of one that has ended: its Job may be deleted then
	wholeName = "whole.json" // all logs of it were collected
)

// Status implements launch.Backend. An end is kept here, so that it is known when
// the Job is gone. Of one that never gets its image the Job is deleted: it would
// hold its GPUs.
func (k *Kubernetes) Status(ctx context.Context, dir string, text launch.Handle) (launch.Status, error) {
	h, err := readHandle(text)
	if err != nil {
		return launch.Status{}, err
	}
	if s, ok, err := ended(dir); ok || err != nil {
		return s, err
	}
	c, err := k.client()
	if err != nil {
		return launch.Status{}, err
	}
	s, err := c.look(ctx, h, dir)
	s.warning = k.warning(dir)
	switch {
	case answered(err, http.StatusNotFound):
		return finish(dir, s.missing())
	case blind(err):
		return launch.Status{State: launch.Running, Code: -1, LastKnown: true, Reason: "last known: " + err.Error()}, nil
	case err != nil:
		return launch.Status{}, fmt.Errorf("kubernetes: look at the Job %s: %w", h.Name, err)
	}
	now := s.judge()
	if h.Index != nil && !now.State.Ended() {
		if err := k.note(ctx, c, dir, h, s); err != nil && !blind(err) {
			return launch.Status{}, fmt.Errorf("kubernetes: look after the index %d of the Job %s: %w", *h.Index, h.Name, err)
		}
	} else if words := s.hopeless(time.Now()); words != "" && h.Index == nil {
		if err := c.remove(ctx, h); err != nil {
			return launch.Status{}, fmt.Errorf("kubernetes: %s; its Job cannot be deleted: %w", words, err)
		}
		return finish(dir, launch.Status{State: launch.Failed, Code: -1, EndedAt: time.Now().UTC().Truncate(time.Second), Reason: words})
	}
	if !now.State.Ended() {
		_ = k.collect(ctx, c, dir, s.pods, false) // a look at the state never waits for the logs
		return now, nil
	}
	_ = k.collect(ctx, c, dir, s.pods, true)
	if s.unexplained(h, now) {
		now = c.recall(ctx, h, s)
	}
	if s.over { // what a batch has together goes at the end of its last
		if err := c.forget(ctx, h, s.spec.Agent); blind(err) {
			return launch.Status{}, fmt.Errorf("kubernetes: the Secret of the Job %s cannot be deleted: %w", h.Name, err)
		}
	}
	return finish(dir, now)
}

// warning is that of the supervisor of the first node, where its records are seen here.
func (k *Kubernetes) warning(dir string) string {
	there, seen := k.o.volumes().Here(inside.RecordsDir(k.inPod(dir), 0))
	if !seen {
		return ""
	}
	return attempt.Warning(there)
}

// ended is the status that was kept.
func ended(dir string) (s launch.Status, ok bool, err error) {
	ok, err = files.ReadJSON(dir, endName, &s)
	return s, ok, err
}

// finish keeps a status and gives it as it will be read. A directory that is gone
// takes nothing away from it.
func finish(dir string, s launch.Status) (launch.Status, error) {
	if s.State == launch.Lost {
		return s, nil // it may be found again
	}
	if _, err := os.Stat(dir); err != nil {
		return s, nil
	}
	if err := files.WriteJSON(dir, endName, s); err != nil {
		return s, nil
	}
	kept, _, err := ended(dir)
	return kept, err
}

// look reads the Job, its pods and what is known here. Where the Job has another
// uid, it is another's: the one that was started is gone.
func (c *client) look(ctx context.Context, h handle, dir string) (sight, error) {
	var s sight
	var asked stopRequest
	if _, err := files.ReadJSON(dir, specName, &s.spec); err != nil {
		return s, err
	}
	stopped, err := files.ReadJSON(dir, stopName, &asked)
	if s.stopped, s.grace = stopped, asked.Grace; err != nil {
		return s, err
	}
	if _, err := files.ReadJSON(dir, seenName, &s.seen); err != nil {
		return s, err
	}
	err = c.do(ctx, http.MethodGet, c.in(h).job(h.Name), "", nil, &s.job)
	if err == nil && s.job.Metadata.UID != h.UID {
		return s, &apiError{Code: http.StatusNotFound, Message: "it has another uid"}
	}
	if err != nil {
		return s, err
	}
	s.over = s.job.over()
	if h.Index != nil {
		s.job = s.job.ofCell(*h.Index, time.Now())
	}
	var list podList
	err = c.do(ctx, http.MethodGet, c.in(h).core("pods")+"?labelSelector="+url.QueryEscape(h.podsSelector()), "", nil, &list)
	s.pods, s.version = list.Items, list.Metadata.Version
	return s, err
}

// in is the client for the handle's namespace: the place may name another by now.
func (c *client) in(h handle) *client {
	other := *c
	if h.Namespace != "" {
		other.namespace = h.Namespace
	}
	return &other
}

// missing is an attempt whose Job is gone.
func (s sight) missing() launch.Status {
	now := time.Now().UTC().Truncate(time.Second)
	if s.stopped {
		return launch.Status{State: launch.Cancelled, Code: -1, EndedAt: now, Reason: "stopped on request before its trainer ran, or with its pod; its exit code is not known"}
	}
	return launch.Status{State: launch.Lost, Code: -1, Reason: "its Job is gone from the cluster, deleted by another hand, and left no word on how it ended"}
}

// remove deletes the Job and its pods. Without a policy the API server would leave
// the pods of a batch/v1 Job running.
func (c *client) remove(ctx context.Context, h handle) error {
	body := object{"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground", "preconditions": object{"uid": h.UID}}
	err := c.do(ctx, http.MethodDelete, c.in(h).job(h.Name), asJSON, body, nil)
	if answered(err, http.StatusNotFound) || answered(err, http.StatusConflict) {
		return nil // gone, or another Job has its name
	}
	return err
}

// forget deletes the attempt's Secret, and its agent, which would fill the cluster's
// database. The Job and its pods stay, for kubectl to show; they hold nothing.
func (c *client) forget(ctx context.Context, h handle, agent []string) error {
	for _, name := range agent {
		_ = c.do(ctx, http.MethodDelete, c.in(h).core("configmaps")+"/"+url.PathEscape(name), "", nil, nil) // it goes with the Job at the latest
	}
	return c.do(ctx, http.MethodDelete, c.in(h).core("secrets")+"/"+url.PathEscape(h.Name), "", nil, nil)
}
