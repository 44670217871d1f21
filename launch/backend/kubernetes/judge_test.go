package kubernetes

import (
	"strings"
	"testing"
	"time"

	"trainyard/launch"
)

// ended is a pod whose trainer ended, with what the script left, or nothing.
func endedPod(name string, code int, reason, message string, conditions ...condition) pod {
	var p pod
	p.Metadata.Name, p.Status.Phase, p.Status.Conditions = name, "Failed", conditions
	c := container{Name: trainerContainer}
	c.State.Terminated = &terminated{Code: code, Reason: reason, Message: message, Ended: time.Unix(int64(code), 0).UTC()}
	p.Status.Containers = []container{c}
	return p
}

func overduePod(words string) pod {
	p := endedPod("p", 137, "Error", words)
	p.Status.Reason = "DeadlineExceeded"
	return p
}

func TestEveryEndOfAJobIsToldAsWhatItIs(t *testing.T) {
	failed := func(reason, message string) condition {
		return condition{Type: "Failed", Status: "True", Reason: reason, Message: message}
	}
	disruption := condition{Type: "DisruptionTarget", Status: "True", Reason: "PreemptionByScheduler", Message: "urgent"}
	for _, c := range []struct {
		name    string
		end     condition
		pods    []pod
		stopped bool
		state   launch.State
		code    int
		words   string
	}{
		{"out of memory", failed("PodFailurePolicy", ""), []pod{endedPod("p", 137, "OOMKilled", "")}, false, launch.Failed, 137, "want of memory"},
		{"preempted", failed("PodFailurePolicy", ""), []pod{endedPod("p", 143, "Error", "", disruption)}, false, launch.Preempted, 143, "PreemptionByScheduler"},
		{"preempted, and stopped by us before", failed("PodFailurePolicy", ""), []pod{endedPod("p", 143, "Error", "", disruption)}, true, launch.Cancelled, 143, "on request"},
		{"preempted, its pod is gone", failed("PodFailurePolicy", "Pod a/b has condition DisruptionTarget matching FailJob rule at index 0"), nil, false, launch.Preempted, -1, "not known"},
		{"its pod is gone, its code is told", failed("PodFailurePolicy", "Container trainer for pod a/b failed with exit code 42 matching FailJob rule at index 1"), nil, false, launch.Failed, 42, "code 42"},
		{"its pod is gone", failed("BackoffLimitExceeded", "limit"), nil, false, launch.Failed, -1, "BackoffLimitExceeded"},
		{"the Job's deadline", failed("DeadlineExceeded", "long"), nil, false, launch.Failed, -1, "deadline"},
		{"the pod's deadline", failed("BackoffLimitExceeded", ""), []pod{overduePod("")}, false, launch.Failed, 137, "deadline"},
		{"never ready", failed("PodFailurePolicy", ""), []pod{endedPod("p", 126, "Error", `{"state":"failed","code":126,"why":"unready","reason":"no gzip"}`)}, false, launch.Failed, 126, "no gzip"},
		{"deleted by another", failed("BackoffLimitExceeded", ""), []pod{endedPod("p", 143, "Error", `{"state":"failed","code":143,"why":"outside","reason":"exited with code 143"}`)}, false, launch.Failed, 143, "was deleted"},
		{"silent, and saved with code 0 when it was asked to end", failed("PodFailurePolicy", ""), []pod{endedPod("p", 1, "Error", `{"state":"failed","code":0,"reason":"ended because it told nothing for 1h"}`)}, false, launch.Failed, 0, "told nothing"},
		{"told to end because its node was drained", failed("PodFailurePolicy", ""), []pod{endedPod("p", 143, "Error", `{"state":"failed","code":143,"why":"outside","reason":"exited with code 143"}`, disruption)}, false, launch.Preempted, 143, "urgent"},
		{"the pod's deadline, and it could still say so", failed("BackoffLimitExceeded", ""), []pod{overduePod(`{"state":"failed","code":143,"why":"outside","reason":"exited with code 143"}`)}, false, launch.Failed, 143, "after its deadline"},
		{"started again by the cluster", failed("PodFailurePolicy", ""), []pod{endedPod("p", 75, "Error", `{"state":"preempted","code":75,"why":"fenced","reason":"begun"}`)}, false, launch.Preempted, 75, "fence"},
		{"the shell is not in the image", failed("PodFailurePolicy", ""), []pod{endedPod("p", 128, "StartError", `exec: "/bin/sh": no such file`)}, false, launch.Failed, 128, "no such file"},
		{"stopped, with code 0", condition{Type: "Complete", Status: "True"}, []pod{endedPod("p", 0, "Completed", `{"state":"cancelled","code":0,"reason":"stopped on request; exited with code 0"}`)}, true, launch.Cancelled, 0, "on request"},
		{"done before the stop came", condition{Type: "Complete", Status: "True"}, []pod{endedPod("p", 0, "Completed", `{"state":"succeeded","code":0,"reason":"exited with code 0"}`)}, true, launch.Succeeded, 0, "code 0"},
		{"the first of two to fail", failed("PodFailurePolicy", ""), []pod{endedPod("late", 9, "Error", ""), endedPod("early", 7, "Error", "")}, false, launch.Failed, 7, "code 7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sight{pods: c.pods, stopped: c.stopped}
			s.job.Status.Conditions = []condition{c.end}
			got := s.judge()
			if got.State != c.state || got.Code != c.code || !strings.Contains(got.Reason, c.words) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestAPodOnANodeThatDoesNotAnswerIsNotLost(t *testing.T) {
	var p pod
	p.Spec.Node, p.Status.Phase = "gpu-7", "Running"
	p.Status.Conditions = []condition{{Type: "Ready", Status: "Unknown", Reason: "NodeStatusUnknown"}}
	c := container{Name: trainerContainer}
	c.State.Running = &struct {
		Started time.Time `json:"startedAt"`
	}{time.Unix(5, 0)}
	p.Status.Containers = []container{c}
	if s := (sight{pods: []pod{p}}).judge(); s.State != launch.Running || !strings.Contains(s.Stall, "gpu-7") || s.StartedAt.IsZero() {
		t.Errorf("%+v", s)
	}
}
