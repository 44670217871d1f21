package kubernetes

import (
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
)

// What is read of the cluster's objects (batch/v1, core/v1).
type (
	metadata struct {
		Name        string            `json:"name"`
		Namespace   string            `json:"namespace"`
		UID         string            `json:"uid"`
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
		} `json:"status"`
	}
	pod struct {
		Metadata metadata `json:"metadata"`
		Spec     struct {
			Node string `json:"nodeName"`
		} `json:"spec"`
		Status struct {
			Phase      string      `json:"phase"`
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
		Message string    `json:"message"` // what run.sh wrote at its end
		Started time.Time `json:"startedAt"`
		Ended   time.Time `json:"finishedAt"`
	}
	podList struct {
		Items []pod `json:"items"`
	}
)

func (j job) handle() launch.Handle {
	return handle{j.Metadata.Namespace, j.Metadata.Name, j.Metadata.UID}.text()
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

// record is the end of a trainer, by its own word or by the kubelet's: a container
// that was killed whole wrote none.
func (t *terminated) record() carry.Record {
	if r, ok := carry.ReadRecord(t.Message); ok {
		return r
	}
	code := t.Code
	if code == 0 && t.Signal != 0 {
		code = 128 + t.Signal
	}
	return carry.Record{Code: code, Started: t.Started, Ended: t.Ended}
}
