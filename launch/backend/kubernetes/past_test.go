//go:build linux

package kubernetes

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
)

// atWork waits until so many pods of a Job train, without a look at any of its attempts,
// and gives their names by index.
func atWork(t *testing.T, p *controlPlane, name string, n int) map[string]string {
	t.Helper()
	pods := map[string]string{}
	backendtest.Eventually(t, "its pods train", func() bool {
		for _, pod := range podsIn(t, p, name) {
			if pod.trainer().State.Running != nil {
				pods[pod.index()] = pod.Metadata.Name
			}
		}
		return len(pods) == n
	})
	return pods
}

func (p *controlPlane) evict(t *testing.T, pod string) {
	t.Helper()
	err := p.client.do(t.Context(), http.MethodPost, p.client.core("pods")+"/"+pod+"/eviction", asJSON,
		object{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": object{"name": pod}}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

func TestClusterTellsOfACellWhosePodWentBeforeAnyLook(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := open(t, p, nil)
	tasks, handles := waiting(t, k, 3)
	h, _ := readHandle(handles[0])
	pods := atWork(t, p, h.Name, 3)
	p.evict(t, pods["0"])
	if err := p.client.do(t.Context(), http.MethodDelete, p.client.core("pods")+"/"+pods["1"], asJSON, object{}, nil); err != nil {
		t.Fatal(err)
	}
	backendtest.Eventually(t, "both pods are gone", func() bool { return len(podsIn(t, p, h.Name)) == 1 })
	for i, want := range []struct {
		state launch.State
		words string
	}{{launch.Preempted, "EvictionByEvictionAPI"}, {launch.Failed, "its pod was deleted"}} {
		s := backendtest.WaitEnded(t, k, tasks[i].Dir, handles[i])
		if s.State != want.state || !strings.Contains(s.Reason, want.words) || s.Code < 0 || s.StartedAt.IsZero() {
			t.Errorf("cell %d: %+v", i, s)
		}
	}
}

func TestClusterTellsOfACellThatWasPreemptedByAnEvent(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	tasks := []launch.Task{newRun(t, k, "save"), newRun(t, k, "save")}
	for i := range tasks {
		tasks[i].GPUs = 4
	}
	handles := startMany(t, k, tasks)
	h, _ := readHandle(handles[0])
	atWork(t, p, h.Name, 2)
	err := p.client.do(t.Context(), http.MethodPost, "/apis/scheduling.k8s.io/v1/priorityclasses", asJSON,
		object{"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": object{"name": "first"}, "value": 2000}, nil)
	if err != nil {
		t.Fatal(err)
	}
	high := open(t, p, func(o *Options) { o.PriorityClass = "first" })
	urgent := newRun(t, high, "exit", "0")
	urgent.GPUs = 8
	won := backendtest.Start(t, high, urgent)
	backendtest.Eventually(t, "both pods are gone", func() bool { return len(podsIn(t, p, h.Name)) == 0 })
	for i, task := range tasks {
		if err := os.Remove(filepath.Join(task.Dir, seenName)); err != nil { // as where the API server has forgotten its pod
			t.Fatal(err)
		}
		if s := backendtest.WaitEnded(t, k, task.Dir, handles[i]); s.State != launch.Preempted || !strings.Contains(s.Reason, "(Preempted: ") {
			t.Errorf("cell %d: %+v", i, s)
		}
	}
	if s := backendtest.WaitEnded(t, high, urgent.Dir, won); s.State != launch.Succeeded {
		t.Errorf("the urgent one: %+v", s)
	}
}

func TestClusterTellsOfAnEvictionBeforeAnyLook(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := open(t, p, nil)
	task := newRun(t, k, "save")
	h := backendtest.Start(t, k, task)
	p.evict(t, atWork(t, p, jobName(task.Dir), 1)["0"])
	backendtest.Eventually(t, "its pod is gone", func() bool { return len(podsOf(t, p, task)) == 0 })
	if s := backendtest.WaitEnded(t, k, task.Dir, h); s.State != launch.Preempted {
		t.Errorf("%+v", s)
	}
}
