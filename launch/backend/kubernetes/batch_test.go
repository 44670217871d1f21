//go:build linux

package kubernetes

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
)

// cells are attempts of several runs whose trainers leave a line in a file each time they
// are started. Those with an odd number fail.
func cells(t *testing.T, k *Kubernetes, n int) (tasks []launch.Task, mark string) {
	t.Helper()
	mark = filepath.Join(t.TempDir(), "mark")
	for i := range n {
		task := newRun(t, k)
		task.Command.Argv = []string{"/bin/sh", "-c", `echo "$1" >>"$2"; echo "cell $1, $CELL, $MY_TOKEN"; cat shared own; exit "$3"`, "cell", fmt.Sprint(i), mark, fmt.Sprint(i % 2 * 3)}
		task.Command.Env = []launch.Env{{Name: "CELL", Value: fmt.Sprintf("it is %d", i)}, {Name: "MY_TOKEN", Value: "correct-horse"}}
		task.Command.Files = []launch.File{{Name: "shared", Content: "of all\n"}, {Name: "own", Content: fmt.Sprintf("of %d\n", i)}}
		tasks = append(tasks, task)
	}
	return tasks, mark
}

// waiting are cells that have begun and train until they are asked to end.
func waiting(t *testing.T, k *Kubernetes, n int) (tasks []launch.Task, handles []launch.Handle) {
	t.Helper()
	for range n {
		tasks = append(tasks, newRun(t, k, "save"))
	}
	handles = startMany(t, k, tasks)
	for i, task := range tasks {
		backendtest.Says(t, k, task.Dir, handles[i], "waiting")
	}
	return tasks, handles
}

func startMany(t *testing.T, k *Kubernetes, tasks []launch.Task) []launch.Handle {
	t.Helper()
	handles, err := k.StartMany(t.Context(), tasks)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, text := range handles {
			if h, err := readHandle(text); err == nil {
				c, _ := k.client()
				_ = c.remove(background(), h) // of most it is gone, or another cell's
			}
		}
	})
	return handles
}

// started are the numbers of the cells that were, in any order.
func started(t *testing.T, mark string) []string {
	t.Helper()
	data, err := os.ReadFile(mark)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

func TestClusterRunsABatchAsOneJob(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := open(t, p, nil)
	tasks, mark := cells(t, k, 4)
	handles := startMany(t, k, tasks)
	jobs := map[string]bool{}
	for i, task := range tasks {
		got := backendtest.WaitEnded(t, k, task.Dir, handles[i])
		want := map[bool]launch.State{true: launch.Succeeded, false: launch.Failed}[i%2 == 0]
		if got.State != want || got.Code != i%2*3 || got.StartedAt.IsZero() || got.EndedAt.IsZero() {
			t.Errorf("cell %d: %+v", i, got)
		}
		words := fmt.Sprintf("cell %d, it is %d, [redacted***]\nof all\nof %d\n", i, i, i) // a mask of its length is over the secret that it had
		if log := backendtest.Read(t, k, task.Dir, handles[i], launch.LogName, 0); log != words {
			t.Errorf("cell %d says %q, not %q", i, log, words)
		}
		if found, err := k.Find(t.Context(), task.Dir); err != nil || found != handles[i] {
			t.Errorf("cell %d: found %q, %v, not %q", i, found, err, handles[i])
		}
		if found, err := k.Find(t.Context(), elsewhere(t, task).Dir); err != nil || found != handles[i] {
			t.Errorf("cell %d, from another home: found %q, %v", i, found, err)
		}
		if _, err := k.Start(t.Context(), elsewhere(t, task)); !errors.Is(err, launch.ErrClaimed) {
			t.Errorf("cell %d: a second start: %v", i, err)
		}
		h, _ := readHandle(handles[i])
		jobs[h.Name] = true
	}
	if all := started(t, mark); len(all) != len(tasks) || len(jobs) != 1 {
		t.Errorf("started %v, in the Jobs %v", all, jobs)
	}
	for name := range jobs {
		if pods := podsIn(t, p, name); len(pods) != len(tasks) {
			t.Errorf("%d pods", len(pods))
		}
		if err := p.client.do(t.Context(), http.MethodGet, p.client.core("secrets")+"/"+name, "", nil, nil); !answered(err, http.StatusNotFound) {
			t.Errorf("the Secret is still there: %v", err)
		}
		for kind, words := range map[string]string{"configmaps": "-agent-"} {
			if text := raw(t, p, p.client.core(kind)+"?labelSelector="+batchNote+"="+name); strings.Contains(text, words) || !strings.Contains(text, name) {
				t.Errorf("of the agent is left: %s", clip(text, 400))
			}
		}
	}
}

func podsIn(t *testing.T, p *controlPlane, name string) []pod {
	t.Helper()
	var list podList
	if err := p.client.do(t.Context(), http.MethodGet, p.client.core("pods")+"?labelSelector=batch.kubernetes.io/job-name="+name, "", nil, &list); err != nil {
		t.Fatal(err)
	}
	return list.Items
}

func TestClusterStartsABatchOnceWhereverTheConnectionIsLost(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	whole := open(t, p, nil)
	agent, err := whole.goingAlong(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const n = 3
	parts := (len(agent.Packed) + partSize - 1) / partSize
	// Create, a claim for each, ConfigMaps of the orders, of the agent, of what is shared
	// and of what is not, Secret, release.
	requests := int64(1 + n + 1 + parts + 1 + 1 + 1 + 1)
	starts, never := 0, 0
	for at := int64(1); at <= requests; at++ {
		for _, after := range []bool{false, true} {
			tasks, mark := cells(t, whole, n)
			if _, err := cut(t, p, at, after).StartMany(t.Context(), tasks); err == nil {
				t.Fatalf("request %d: the start did not hear of it", at)
			}
			found := 0
			for i, task := range tasks {
				h, err := whole.Find(t.Context(), task.Dir)
				switch {
				case err == nil:
					found++
					if s := backendtest.WaitEnded(t, whole, task.Dir, h); s.Code != i%2*3 {
						t.Errorf("request %d, after %v, cell %d: %+v", at, after, i, s)
					}
				case errors.Is(err, launch.ErrNeverStarted):
					never++
				default:
					t.Errorf("request %d, after %v, cell %d: %v", at, after, i, err)
				}
				if _, err := whole.Start(t.Context(), elsewhere(t, task)); !errors.Is(err, launch.ErrClaimed) {
					t.Errorf("request %d, after %v, cell %d: a second start: %v", at, after, i, err)
				}
			}
			if all := started(t, mark); len(all) != found {
				t.Errorf("request %d, after %v: %d found, started %v", at, after, found, all)
			}
			starts += found
		}
	}
	if starts != n || never != int(2*requests-1)*n {
		t.Errorf("%d started, %d never: only the last request lets go", starts, never)
	}
}

func TestClusterStartsNoBatchWithAClaimedCell(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := open(t, p, nil)
	tasks, mark := cells(t, k, 3)
	mine := elsewhere(t, tasks[1])
	h := backendtest.Start(t, k, mine)
	if handles, err := k.StartMany(t.Context(), tasks); !errors.Is(err, launch.ErrClaimed) {
		t.Fatalf("started %v, %v", handles, err)
	}
	for _, i := range []int{0, 2} {
		if h, err := k.Find(t.Context(), tasks[i].Dir); !errors.Is(err, launch.ErrNeverStarted) {
			t.Errorf("cell %d: found %q, %v", i, h, err)
		}
	}
	backendtest.WaitEnded(t, k, mine.Dir, h)
	if all := started(t, mark); len(all) != 1 {
		t.Errorf("started %v", all)
	}
}

func TestClusterStopsOneCellOfABatch(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := open(t, p, nil)
	tasks, handles := waiting(t, k, 3)
	for _, i := range []int{1, 0} { // the last goes on
		backendtest.Stop(t, k, tasks[i].Dir, handles[i], 30*time.Second)
		if s := backendtest.WaitEnded(t, k, tasks[i].Dir, handles[i]); s.State != launch.Cancelled {
			t.Errorf("cell %d: %+v", i, s)
		}
		backendtest.Saved(t, k, tasks[i].Dir, handles[i])
	}
	if s, err := k.Status(t.Context(), tasks[2].Dir, handles[2]); err != nil || s.State != launch.Running {
		t.Errorf("the other cell: %+v, %v", s, err)
	}
	h, _ := readHandle(handles[2])
	if left := raw(t, p, p.client.core("configmaps")+"?labelSelector="+batchNote+"="+h.Name); !strings.Contains(left, "-agent-") {
		t.Error("the agent is gone, with a cell that goes on")
	}
	if pods := podsIn(t, p, h.Name); len(pods) != 3 {
		t.Errorf("%d pods", len(pods))
	}
	backendtest.Stop(t, k, tasks[2].Dir, handles[2], 30*time.Second)
	backendtest.WaitEnded(t, k, tasks[2].Dir, handles[2])
	if left := raw(t, p, p.client.core("configmaps")+"?labelSelector="+batchNote+"="+h.Name); strings.Contains(left, "-agent-") {
		t.Error("the agent is left, with no cell that goes on")
	}
}

// A pod that has no room holds none of its batch, and is not made again when it is deleted.
func TestClusterStopsACellThatWaits(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := open(t, p, nil)
	var tasks []launch.Task
	for range 3 {
		task := newRun(t, k, "save")
		task.GPUs = 4 // the node has 8
		tasks = append(tasks, task)
	}
	handles := startMany(t, k, tasks)
	waits := -1
	backendtest.Eventually(t, "two train and one has no room", func() bool {
		trains := 0
		for i, task := range tasks {
			s, err := k.Status(t.Context(), task.Dir, handles[i])
			if err != nil {
				t.Fatal(err)
			}
			if s.State == launch.Running {
				trains++
			} else if strings.Contains(s.Reason, "Insufficient nvidia.com/gpu") {
				waits = i
			}
		}
		return trains == 2 && waits >= 0
	})
	backendtest.Stop(t, k, tasks[waits].Dir, handles[waits], time.Second)
	if s := backendtest.WaitEnded(t, k, tasks[waits].Dir, handles[waits]); s.State != launch.Cancelled {
		t.Errorf("stopped before it ran: %+v", s)
	}
	for i, task := range tasks {
		if i == waits {
			continue
		}
		if s, err := k.Status(t.Context(), task.Dir, handles[i]); err != nil || s.State != launch.Running {
			t.Errorf("cell %d: %+v, %v", i, s, err)
		}
		backendtest.Stop(t, k, task.Dir, handles[i], 30*time.Second)
	}
	for i, task := range tasks {
		if s := backendtest.WaitEnded(t, k, task.Dir, handles[i]); s.State != launch.Cancelled {
			t.Errorf("cell %d: %+v", i, s)
		}
	}
	h, _ := readHandle(handles[0])
	if pods := podsIn(t, p, h.Name); len(pods) > 3 {
		t.Errorf("%d pods: one was made again", len(pods))
	}
}

func TestClusterTakesOneCellAway(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := open(t, p, nil)
	tasks, handles := waiting(t, k, 3)
	h, _ := readHandle(handles[0])
	pods := map[string]string{}
	for _, pod := range podsIn(t, p, h.Name) {
		pods[pod.index()] = pod.Metadata.Name
	}
	err := p.client.do(t.Context(), http.MethodPost, p.client.core("pods")+"/"+pods["0"]+"/eviction", asJSON,
		object{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": object{"name": pods["0"]}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := backendtest.WaitEnded(t, k, tasks[0].Dir, handles[0]); s.State != launch.Preempted {
		t.Errorf("evicted: %+v", s)
	}
	// With nothing that looks, until it is gone.
	if err := p.client.do(t.Context(), http.MethodDelete, p.client.core("pods")+"/"+pods["1"], asJSON, object{}, nil); err != nil {
		t.Fatal(err)
	}
	backendtest.Eventually(t, "its pod is gone", func() bool { return len(podsIn(t, p, h.Name)) == 1 })
	if s := backendtest.WaitEnded(t, k, tasks[1].Dir, handles[1]); s.State != launch.Failed || !strings.Contains(s.Reason, "its pod was deleted") {
		t.Errorf("deleted: %+v", s)
	}
	if s, err := k.Status(t.Context(), tasks[2].Dir, handles[2]); err != nil || s.State != launch.Running {
		t.Errorf("the other cell: %+v, %v", s, err)
	}
	if err := p.client.remove(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if s := backendtest.WaitEnded(t, k, tasks[2].Dir, handles[2]); s.State != launch.Lost {
		t.Errorf("of a Job that was deleted: %+v", s)
	}
	if s := backendtest.WaitEnded(t, k, tasks[0].Dir, handles[0]); s.State != launch.Preempted {
		t.Errorf("what had ended before: %+v", s)
	}
	backendtest.Eventually(t, "its claims are gone", func() bool {
		_, err := p.client.get(t.Context(), jobName(tasks[0].Dir))
		return answered(err, http.StatusNotFound)
	})
}

func TestClusterGivesUpABatchWhoseImageDoesNotCome(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, func(o *Options) { o.Image = "missing/image" })
	old := patience
	patience = 0
	defer func() { patience = old }()
	tasks, mark := cells(t, k, 2)
	handles := startMany(t, k, tasks)
	for i, task := range tasks {
		if s := backendtest.WaitEnded(t, k, task.Dir, handles[i]); s.State != launch.Failed || !strings.Contains(s.Reason, "ImagePullBackOff") {
			t.Errorf("cell %d: %+v", i, s)
		}
	}
	h, _ := readHandle(handles[0])
	if err := p.client.do(t.Context(), http.MethodGet, p.client.core("secrets")+"/"+h.Name, "", nil, nil); !answered(err, http.StatusNotFound) {
		t.Errorf("the Secret is still there: %v", err)
	}
	if all := started(t, mark); len(all) != 0 {
		t.Errorf("started %v", all)
	}
}

func TestClusterShowsTheProgressOfEachCell(t *testing.T) {
	t.Parallel()
	p := onCluster(t)
	k := shared(t, p, t.TempDir(), nil)
	var tasks []launch.Task
	for i := range 2 {
		task := newRun(t, k)
		task.Command.Progress = fmt.Sprintf("out/log-%d.jsonl", i)
		task.Command.Argv = []string{"/bin/sh", "-c", fmt.Sprintf(`mkdir -p out; echo '{"cell": %d}' >>out/log-%d.jsonl; until [ -e go ]; do sleep 0.1; done`, i, i)}
		tasks = append(tasks, task)
	}
	handles := startMany(t, k, tasks)
	for i, task := range tasks {
		backendtest.Eventually(t, "it tells", func() bool {
			f, err := k.Open(t.Context(), task.Dir, handles[i], task.Command.Progress)
			if err == nil {
				defer f.Close()
			}
			return err == nil && f.Size > 0
		})
		if got, want := backendtest.Read(t, k, task.Dir, handles[i], task.Command.Progress, 0), fmt.Sprintf("{\"cell\": %d}\n", i); got != want {
			t.Errorf("cell %d told %q", i, got)
		}
		if err := os.WriteFile(filepath.Join(here(t, k, task), "go"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, task := range tasks {
		if s := backendtest.WaitEnded(t, k, task.Dir, handles[i]); s.State != launch.Succeeded {
			t.Fatalf("cell %d: %+v", i, s)
		}
		if _, err := os.Stat(filepath.Join(here(t, k, task), "node-0", "exit.json")); err != nil {
			t.Errorf("cell %d: %v", i, err)
		}
	}
}

// Where a Job is suspended by another hand, its indices have no pod that could be asked.
func TestClusterStopsACellOnceItHasAPod(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	tasks, handles := waiting(t, k, 2)
	h, _ := readHandle(handles[0])
	suspend := func(yes bool) {
		t.Helper()
		if err := p.client.do(t.Context(), http.MethodPatch, p.client.job(h.Name), asMerge, object{"spec": object{"suspend": yes}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	suspend(true)
	backendtest.Eventually(t, "its pods are gone", func() bool { return len(podsIn(t, p, h.Name)) == 0 })
	old := podLimit
	podLimit = 0
	defer func() { podLimit = old }()
	if err := k.Stop(t.Context(), tasks[0].Dir, handles[0], 30*time.Second); err == nil || !strings.Contains(err.Error(), "no pod yet (its Job is suspended") {
		t.Errorf("a stop of what has no pod: %v", err)
	}
	suspend(false)
	if s := backendtest.WaitEnded(t, k, tasks[0].Dir, handles[0]); s.State != launch.Cancelled {
		t.Errorf("once it has a pod: %+v", s)
	}
	backendtest.Eventually(t, "the other cell trains", func() bool {
		s, err := k.Status(t.Context(), tasks[1].Dir, handles[1])
		if err != nil {
			t.Fatal(err)
		}
		return s.State == launch.Running
	})
}
