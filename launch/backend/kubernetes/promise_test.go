//go:build linux

package kubernetes

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/carry"
)

// A faulty transport loses the connection at a request, before or after the server
// has done what it asks for. From there on nothing gets through.
type faulty struct {
	http.RoundTripper
	at    int64 // the request, from 1
	after bool
	n     atomic.Int64
}

func (f *faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	n := f.n.Add(1)
	switch {
	case n < f.at:
		return f.RoundTripper.RoundTrip(r)
	case n == f.at && f.after:
		answer, err := f.RoundTripper.RoundTrip(r)
		if err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
	}
	return nil, errors.New("the connection was lost")
}

// cut is a place whose connection is lost at a request.
func cut(t *testing.T, p *controlPlane, at int64, after bool) *Kubernetes {
	t.Helper()
	k := open(t, p, nil)
	c, err := k.client()
	if err != nil {
		t.Fatal(err)
	}
	c.http = &http.Client{Transport: &faulty{RoundTripper: c.transport, at: at, after: after}, Timeout: requestLimit}
	return k
}

// newRun is a task whose Job's name is that of its run, from any directory.
func newRun(t *testing.T, b launch.Backend, role ...string) launch.Task {
	t.Helper()
	task := backendtest.Task(t, b, role...)
	task.Run = uuid.NewString()
	task.Dir = filepath.Join(t.TempDir(), task.Run, "attempt-1")
	return task
}

// elsewhere is the same attempt as another home of the same ledger has it.
func elsewhere(t *testing.T, task launch.Task) launch.Task {
	t.Helper()
	task.Dir = filepath.Join(t.TempDir(), task.Run, "attempt-1")
	return task
}

func TestClusterStartsOnceWhereverTheConnectionIsLost(t *testing.T) {
	p := onCluster(t)
	whole := open(t, p, nil)
	agent, err := whole.goingAlong(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pieces := (len(agent.Packed) + partSize - 1) / partSize
	requests := int64(5 + pieces) // create, ConfigMaps of the script and of files, Secret, release
	starts, never := 0, int64(0)
	for at := int64(1); at <= requests; at++ {
		for _, after := range []bool{false, true} {
			task := newRun(t, whole, "exit", "0", "ran")
			task.Command.Files = []launch.File{{Name: "config.yaml", Content: "x: 1\n"}}
			task.Command.Env = []launch.Env{{Name: "MY_TOKEN", Value: "correct-horse"}}
			if _, err := cut(t, p, at, after).Start(t.Context(), task); err == nil {
				t.Fatalf("request %d: the start did not hear of it", at)
			}
			h, err := whole.Find(t.Context(), task.Dir)
			switch {
			case err == nil:
				starts++
				if s := backendtest.WaitEnded(t, whole, task.Dir, h); s.State != launch.Succeeded {
					t.Errorf("request %d, after %v: %+v", at, after, s)
				}
			case errors.Is(err, launch.ErrNeverStarted):
				never++
			default:
				t.Errorf("request %d, after %v: %v", at, after, err)
			}
			again := elsewhere(t, task)
			if _, err := whole.Start(t.Context(), again); !errors.Is(err, launch.ErrClaimed) {
				t.Errorf("request %d, after %v: a second start: %v", at, after, err)
			}
			if pods := podsOf(t, p, task); len(pods) > 1 || err != nil && len(pods) > 0 {
				t.Errorf("request %d, after %v: %d pods", at, after, len(pods))
			}
		}
	}
	if starts != 1 || never != 2*requests-1 {
		t.Errorf("%d started, %d never: only the last request lets go", starts, never)
	}
}

func TestClusterStartsOneOfManyHomes(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	task := newRun(t, k, "exit", "0", "ran")
	var racing sync.WaitGroup
	var won atomic.Int64
	for range 8 {
		mine := elsewhere(t, task)
		racing.Go(func() {
			h, err := k.Start(t.Context(), mine)
			switch {
			case err == nil:
				won.Add(1)
				backendtest.WaitEnded(t, k, mine.Dir, h)
			case !errors.Is(err, launch.ErrClaimed):
				t.Errorf("the loser got %v", err)
			}
		})
	}
	racing.Wait()
	if pods := podsOf(t, p, task); won.Load() != 1 || len(pods) != 1 {
		t.Errorf("%d started, %d pods", won.Load(), len(pods))
	}
}

func TestClusterDoesNotLetGoWhatWasMadeVoid(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	task := newRun(t, k, "exit", "0")
	slow, err := k.o.newPlan(jobName(task.Dir), task, k.inPod(task.Dir), "slow", carry.Agent{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.create(t.Context(), p.client); err != nil {
		t.Fatal(err)
	}
	if h, err := k.Find(t.Context(), task.Dir); !errors.Is(err, launch.ErrNeverStarted) {
		t.Fatalf("found %q, %v", h, err)
	}
	err = p.client.do(t.Context(), http.MethodPatch, p.client.job(slow.name), asPatch, slow.release(), nil)
	if !overtaken(err) {
		t.Errorf("the slow starter let it go: %v", err)
	}
}

func TestClusterKnowsAnEarlierCreateOfItsOwn(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	task := newRun(t, k, "exit", "0")
	mine, err := k.o.newPlan(jobName(task.Dir), task, k.inPod(task.Dir), "mine", carry.Agent{})
	if err != nil {
		t.Fatal(err)
	}
	first, err := mine.create(t.Context(), p.client)
	if err != nil {
		t.Fatal(err)
	}
	again, err := mine.create(t.Context(), p.client)
	if err != nil || again.Metadata.UID != first.Metadata.UID {
		t.Errorf("the replay got %q, %v; the first %q", again.Metadata.UID, err, first.Metadata.UID)
	}
	mine.nonce = "another's"
	if _, err := mine.create(t.Context(), p.client); !errors.Is(err, launch.ErrClaimed) {
		t.Errorf("another's: %v", err)
	}
	if _, err := k.Find(t.Context(), task.Dir); !errors.Is(err, launch.ErrNeverStarted) {
		t.Error(err)
	}
}

func TestClusterLeavesNoPodOfAJobThatIsDeleted(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	task := newRun(t, k, "wait")
	h := backendtest.Start(t, k, task)
	backendtest.Says(t, k, task.Dir, h, "waiting")
	id, err := readHandle(h)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.client.remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	backendtest.Eventually(t, "its pods are gone", func() bool { return len(podsOf(t, p, task)) == 0 })
	backendtest.Eventually(t, "its agent is gone", func() bool { return len(configMaps(t, p, task)) == 0 })
	s := backendtest.WaitEnded(t, k, task.Dir, h)
	if s.State != launch.Lost || !strings.Contains(s.Reason, "another hand") {
		t.Errorf("status %+v", s)
	}
	if log := backendtest.Read(t, k, task.Dir, h, launch.LogName, 0); log != "waiting\n" {
		t.Errorf("what was read before is %q", log)
	}
}

// configMaps are the names of those of an attempt.
func configMaps(t *testing.T, p *controlPlane, task launch.Task) (names []string) {
	t.Helper()
	var list struct{ Items []struct{ Metadata metadata } }
	err := p.client.do(t.Context(), http.MethodGet, p.client.core("configmaps")+"?labelSelector="+runLabel+"="+task.Run, "", nil, &list)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Items {
		names = append(names, m.Metadata.Name)
	}
	return names
}

func podsOf(t *testing.T, p *controlPlane, task launch.Task) []pod {
	t.Helper()
	var list podList
	err := p.client.do(t.Context(), http.MethodGet, p.client.core("pods")+"?labelSelector=batch.kubernetes.io/job-name="+jobName(task.Dir), "", nil, &list)
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

func TestClusterSeesNothingWhereItCannotBeReached(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	task := newRun(t, k, "wait")
	h := backendtest.Start(t, k, task)
	backendtest.Says(t, k, task.Dir, h, "waiting")
	blindly := cut(t, p, 1, false)
	s, err := blindly.Status(t.Context(), task.Dir, h)
	if err != nil || s.State != launch.Running || !s.LastKnown {
		t.Errorf("status %+v, %v", s, err)
	}
	if _, err := blindly.Find(t.Context(), task.Dir); err == nil || errors.Is(err, launch.ErrNeverStarted) {
		t.Errorf("find: %v", err)
	}
	weak := open(t, p, func(o *Options) { o.Context = "weak" })
	if s, err := weak.Status(t.Context(), task.Dir, h); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("without a role: %+v, %v", s, err)
	}
	if _, err := weak.Start(t.Context(), newRun(t, k, "exit", "0")); err == nil || !strings.Contains(err.Error(), "ask for a role") {
		t.Errorf("without a role: %v", err)
	}
}

func TestClusterDeletesTheSecretAtTheEnd(t *testing.T) {
	p := onCluster(t)
	token := "hf_planted_" + strings.Repeat("x", 24)
	t.Setenv("HF_TOKEN", token)
	k := open(t, p, func(o *Options) { o.Pass = []string{"HF_TOKEN", "NOT_SET_TOKEN"} })
	task := newRun(t, k, "know", "HF_TOKEN")
	task.Command.Env = []launch.Env{{Name: "MY_TOKEN", Value: "correct-horse-battery"}}
	h := backendtest.Start(t, k, task)
	for _, path := range []string{p.client.job(jobName(task.Dir)), p.client.core("configmaps") + "/" + jobName(task.Dir)} {
		if text := raw(t, p, path); strings.Contains(text, "planted") || strings.Contains(text, "correct-horse") || !strings.Contains(text, jobName(task.Dir)) {
			t.Errorf("%s has a secret", path)
		}
	}
	if s := backendtest.WaitEnded(t, k, task.Dir, h); s.State != launch.Succeeded {
		t.Fatalf("status %+v", s)
	}
	backendtest.CheckKnown(t, backendtest.Read(t, k, task.Dir, h, launch.LogName, 0), token)
	err := p.client.do(t.Context(), http.MethodGet, p.client.core("secrets")+"/"+jobName(task.Dir), "", nil, nil)
	if !answered(err, http.StatusNotFound) {
		t.Errorf("the Secret is still there: %v", err)
	}
	if left := configMaps(t, p, task); len(left) != 1 {
		t.Errorf("of ConfigMaps %q are left, where the agent goes with the end", left)
	}
	_ = filepath.Walk(task.Dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), "planted") || strings.Contains(string(data), "correct-horse") {
			t.Errorf("%s has a secret", path)
		}
		return err
	})
}

func raw(t *testing.T, p *controlPlane, path string) string {
	t.Helper()
	answer, err := p.client.open(t.Context(), http.MethodGet, path, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Close()
	text, err := io.ReadAll(answer)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// odd has what shells, YAML, JSON and the kubelet might take for more than text.
const odd = `a'b"c;d|e&f$(touch /tmp/trainyard-odd)` + "`touch /tmp/trainyard-odd`" + `$HOME $(MY_WORDS) $$(X) \n #{y} {{z}} *?[q]<>!~ é` + "\ttab"

func TestClusterTakesNoTextForMore(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, func(o *Options) { o.Pass = []string{"PASSED"} })
	const secret = "secret " + odd
	t.Setenv("PASSED", secret)
	task := newRun(t, k, "exit", "0", odd)
	task.Command.Env = []launch.Env{{Name: "MY_WORDS", Value: odd}}
	task.Command.Files = []launch.File{{Name: "a b/" + "$(id);'x'.yaml", Content: odd}}
	h := backendtest.Start(t, k, task)
	if s := backendtest.WaitEnded(t, k, task.Dir, h); s.State != launch.Succeeded {
		t.Fatalf("status %+v", s)
	}
	if log := backendtest.Read(t, k, task.Dir, h, launch.LogName, 0); log != odd+"\n" {
		t.Errorf("the trainer got\n%q, not\n%q", log, odd)
	}
	for _, role := range [][]string{{"print", "MY_WORDS"}, {"know", "PASSED"}} {
		task := newRun(t, k, role...)
		task.Command.Env = []launch.Env{{Name: "MY_WORDS", Value: odd}}
		h := backendtest.Start(t, k, task)
		backendtest.WaitEnded(t, k, task.Dir, h)
		log := backendtest.Read(t, k, task.Dir, h, launch.LogName, 0)
		if role[0] == "know" {
			backendtest.CheckKnown(t, log, secret)
		} else if log != odd+"\n" {
			t.Errorf("%q is\n%q, not\n%q", role, log, odd)
		}
	}
	if _, err := os.Stat("/tmp/trainyard-odd"); err == nil {
		t.Error("a shell ran it")
	}
}

func TestClusterRunsOneCommandOnSeveralNodes(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	task := newRun(t, k)
	task.Nodes, task.GPUs = 2, 1
	task.Command.Argv = []string{"/bin/sh", "-c", `echo "rank $NODE_RANK of $NNODES, master $MASTER_ADDR:$MASTER_PORT, host $HOSTNAME"; test "$NODE_RANK" = 0 && sleep 600; sleep 1; exit 9`}
	h := backendtest.Start(t, k, task)
	name := jobName(task.Dir)
	if text := raw(t, p, p.client.core("services")+"/"+name); !strings.Contains(text, `"clusterIP": "None"`) && !strings.Contains(text, `"clusterIP":"None"`) {
		t.Error("no headless Service:", text)
	}
	s := backendtest.WaitEnded(t, k, task.Dir, h)
	if s.State != launch.Failed || s.Code != 9 {
		t.Errorf("status %+v", s)
	}
	backendtest.Eventually(t, "the pod of the other node is gone or has ended", func() bool {
		for _, p := range podsOf(t, p, task) {
			if p.Status.Phase == "Running" {
				return false
			}
		}
		return true
	})
	want := fmt.Sprintf("rank 1 of 2, master %s-0.%s:29500, host %s-1\n", name, name, name)
	data, err := os.ReadFile(filepath.Join(task.Dir, "log-node-1"))
	if err != nil || string(data) != want {
		t.Errorf("log of node 1: %q, %v, not %q", data, err, want)
	}
}

func TestClusterEndsARunAtItsDeadlineAndByItsStall(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	for words, change := range map[string]func(*launch.Task){
		"deadline of 2s":        func(t *launch.Task) { t.Deadline = 2 * time.Second },
		"it told nothing for 2": func(t *launch.Task) { t.StallAfter = 2 * time.Second },
	} {
		task := newRun(t, k, "save")
		task.Grace = 10 * time.Second
		change(&task)
		h := backendtest.Start(t, k, task)
		s := backendtest.WaitEnded(t, k, task.Dir, h)
		if s.State != launch.Failed || !strings.Contains(s.Reason, words) || s.Code != 143 {
			t.Errorf("status %+v, which should say %q", s, words)
		}
		backendtest.Saved(t, k, task.Dir, h)
	}
}

func TestClusterShowsTheProgressFile(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	task := newRun(t, k)
	task.Command.Progress = "out/log.jsonl"
	task.Command.Argv = []string{"/bin/sh", "-c", `mkdir out; for i in 1 2 3; do echo "{\"step\": $i}" >> out/log.jsonl; sleep 1; done; printf '{"step": 4}\n' >> out/log.jsonl`}
	h := backendtest.Start(t, k, task)
	if s := backendtest.WaitEnded(t, k, task.Dir, h); s.State != launch.Succeeded {
		t.Fatalf("status %+v", s)
	}
	want := "{\"step\": 1}\n{\"step\": 2}\n{\"step\": 3}\n{\"step\": 4}\n"
	if got := backendtest.Read(t, k, task.Dir, h, "out/log.jsonl", 0); got != want {
		t.Errorf("progress %q", got)
	}
	if _, err := k.Open(t.Context(), task.Dir, h, "out/model.bin"); err == nil || !strings.Contains(err.Error(), "runs:") {
		t.Errorf("a file of the pod: %v", err)
	}
	if _, err := k.List(t.Context(), task.Dir, h, "out"); err == nil || !strings.Contains(err.Error(), "kubectl cp") {
		t.Errorf("a directory of the pod: %v", err)
	}
}

func TestClusterEvictsAndPreempts(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	task := newRun(t, k, "save")
	h := backendtest.Start(t, k, task)
	backendtest.Says(t, k, task.Dir, h, "waiting")
	name := podsOf(t, p, task)[0].Metadata.Name
	err := p.client.do(t.Context(), http.MethodPost, p.client.core("pods")+"/"+name+"/eviction", asJSON,
		object{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": object{"name": name}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := backendtest.WaitEnded(t, k, task.Dir, h); s.State != launch.Preempted {
		t.Errorf("evicted: %+v", s)
	}

	err = p.client.do(t.Context(), http.MethodPost, "/apis/scheduling.k8s.io/v1/priorityclasses", asJSON,
		object{"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": object{"name": "urgent"}, "value": 1000}, nil)
	if err != nil {
		t.Fatal(err)
	}
	low := newRun(t, k, "save")
	low.GPUs = 8
	lowly := backendtest.Start(t, k, low)
	backendtest.Says(t, k, low.Dir, lowly, "waiting")
	high := open(t, p, func(o *Options) { o.PriorityClass = "urgent" })
	task = newRun(t, high, "exit", "0")
	task.GPUs = 8
	h = backendtest.Start(t, high, task)
	if s := backendtest.WaitEnded(t, k, low.Dir, lowly); s.State != launch.Preempted {
		t.Errorf("preempted: %+v", s)
	}
	if s := backendtest.WaitEnded(t, high, task.Dir, h); s.State != launch.Succeeded {
		t.Errorf("the urgent one: %+v", s)
	}
}

func TestClusterTellsWhatAPodWaitsFor(t *testing.T) {
	p := onCluster(t)
	k := open(t, p, nil)
	task := newRun(t, k, "exit", "0")
	task.GPUs = 9
	h := backendtest.Start(t, k, task)
	waits := func(k *Kubernetes, task launch.Task, h launch.Handle, words string) {
		t.Helper()
		var s launch.Status
		backendtest.Eventually(t, "it says "+words, func() bool {
			var err error
			if s, err = k.Status(t.Context(), task.Dir, h); err != nil {
				t.Fatal(err)
			}
			return strings.Contains(s.Reason, words)
		})
		if s.State != launch.Queued {
			t.Errorf("status %+v", s)
		}
	}
	waits(k, task, h, "Insufficient nvidia.com/gpu")
	foreign := open(t, p, func(o *Options) { o.Arch = map[string]string{"amd64": "arm64", "arm64": "amd64"}[o.Arch] })
	other := newRun(t, foreign, "exit", "0")
	waits(foreign, other, backendtest.Start(t, foreign, other), "kubernetes.io/arch="+foreign.o.Arch)
	backendtest.Stop(t, k, task.Dir, h, time.Second)
	if s := backendtest.WaitEnded(t, k, task.Dir, h); s.State != launch.Cancelled {
		t.Errorf("stopped before it ran: %+v", s)
	}

	queue := open(t, p, func(o *Options) { o.Queue = "research" })
	task = newRun(t, queue, "exit", "0")
	h = backendtest.Start(t, queue, task)
	waits(queue, task, h, "queue research of Kueue")
	err := p.client.do(t.Context(), http.MethodPatch, p.client.job(jobName(task.Dir)), asMerge, object{"spec": object{"suspend": false}}, nil) // as Kueue does
	if err != nil {
		t.Fatal(err)
	}
	if s := backendtest.WaitEnded(t, queue, task.Dir, h); s.State != launch.Succeeded {
		t.Errorf("admitted: %+v", s)
	}

	missing := open(t, p, func(o *Options) { o.Image = "missing/image" })
	task = newRun(t, missing, "exit", "0")
	h = backendtest.Start(t, missing, task)
	waits(missing, task, h, "ImagePullBackOff")
	old := patience
	patience = 0
	defer func() { patience = old }()
	if s := backendtest.WaitEnded(t, missing, task.Dir, h); s.State != launch.Failed || !strings.Contains(s.Reason, "ImagePullBackOff") {
		t.Errorf("an image that does not come: %+v", s)
	}
	backendtest.Eventually(t, "its pod is gone", func() bool { return len(podsOf(t, p, task)) == 0 })
}
