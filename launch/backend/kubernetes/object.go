package kubernetes

import (
	"cmp"
	"fmt"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/backend/carry/inside"
)

// What is read of the cluster's objects (batch/v1, core/v1).
type (
	metadata struct {
		Name        string            `json:"name"`
		Namespace   string            `json:"namespace"`
		UID         string            `json:"uid"`
		Version     string            `json:"resourceVersion"` // of the cluster, when it was written
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		DeletedAt   time.Time         `json:"deletionTimestamp"`
	}
	condition struct {
		Type    string    `json:"type"`
		Status  string    `json:"status"`
		Reason  string    `json:"reason"`
		Message string    `json:"message"`
		Since   time.Time `json:"lastTransitionTime"`
	}
	job struct {
		Metadata metadata `json:"metadata"`
		Spec     struct {
			Suspend     bool `json:"suspend"`
			Completions int  `json:"completions"`
		} `json:"spec"`
		Status struct {
			StartTime  time.Time   `json:"startTime"`
			Completion time.Time   `json:"completionTime"`
			Conditions []condition `json:"conditions"`
			Completed  string      `json:"completedIndexes"` // as 1,3-5,7
			Failed     string      `json:"failedIndexes"`
		} `json:"status"`
	}
	pod struct {
		Metadata metadata `json:"metadata"`
		Spec     struct {
			Node     string            `json:"nodeName"`
			Selector map[string]string `json:"nodeSelector"`
			Deadline int               `json:"activeDeadlineSeconds"`
		} `json:"spec"`
		Status struct {
			Phase      string      `json:"phase"`
			StartTime  time.Time   `json:"startTime"`
			Reason     string      `json:"reason"`
			Message    string      `json:"message"`
			Conditions []condition `json:"conditions"`
			Containers []container `json:"containerStatuses"`
			Inits      []container `json:"initContainerStatuses"`
		} `json:"status"`
	}
	container struct {
		Name  string `json:"name"`
		State struct {
			Waiting *struct {
				Reason  string `json:"reason"`
				Message string `json:"message"`
			} `json:"waiting"`
			Running *struct {
				Started time.Time `json:"startedAt"`
			} `json:"running"`
			Terminated *terminated `json:"terminated"`
		} `json:"state"`
	}
	terminated struct {
		Code    int       `json:"exitCode"`
		Signal  int       `json:"signal"`
		Reason  string    `json:"reason"`
		Message string    `json:"message"` // the last words of the container
		Started time.Time `json:"startedAt"`
		Ended   time.Time `json:"finishedAt"`
	}
	podList struct {
		Metadata metadata `json:"metadata"`
		Items    []pod    `json:"items"`
	}
)

func (j job) handle() launch.Handle {
	return handle{Namespace: j.Metadata.Namespace, Name: j.Metadata.Name, UID: j.Metadata.UID}.text()
}

// is finds a condition that holds.
func is(conditions []condition, kind string) (condition, bool) {
	return state(conditions, kind, "True")
}

func state(conditions []condition, kind, status string) (condition, bool) {
	for _, c := range conditions {
		if c.Type == kind && c.Status == status {
			return c, true
		}
	}
	return condition{}, false
}

// trainer is the state of the container that trains; zero where there is none yet.
func (p pod) trainer() container {
	for _, c := range p.Status.Containers {
		if c.Name == trainerContainer {
			return c
		}
	}
	return container{}
}

// index is the rank of the pod's node.
func (p pod) index() string {
	return p.Metadata.Annotations["batch.kubernetes.io/job-completion-index"]
}

// record is the end of a trainer, by the agent's word or, where a container was killed
// whole or never ran, by the kubelet's.
func (t *terminated) record() inside.Record {
	if r, ok := inside.ReadRecord(t.Message); ok {
		return r
	}
	r := inside.Record{Code: t.Code, Signal: t.Signal, Started: t.Started, Ended: t.Ended}
	if r.Code == 0 && t.Signal != 0 {
		r.Code = 128 + t.Signal
	}
	r.Signal = cmp.Or(r.Signal, carry.Signal(r.Code))
	r.Reason = t.words(r)
	return r
}

func (t *terminated) words(r inside.Record) string {
	words := fmt.Sprintf("exited with code %d", r.Code)
	switch {
	case t.Reason == "OOMKilled":
		return "killed by signal 9 (the kernel killed its container for want of memory, as its limit in the cluster is: raise memory:, or use less offload or fewer workers)"
	case r.Signal != 0:
		words = fmt.Sprintf("killed by signal %d%s", r.Signal, launch.SignalHint(r.Signal))
	}
	if t.Message != "" {
		words += "; the node says: " + clip(t.Message, 300)
	}
	return words
}
