//go:build linux

package kubernetes

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch/sweep/sweeptest"
)

// 24 cells are indices of Jobs, while trainyards are killed, two of them at work at once,
// trainers are, and pods are evicted and deleted by other hands.
func TestClusterRunsEachCellOfASweepThatIsStruckOnce(t *testing.T) {
	if os.Getenv("TRAINYARD_SLOW_TESTS") == "" {
		t.Skip("it takes long: set TRAINYARD_SLOW_TESTS")
	}
	p := onCluster(t)
	if why := sweeptest.Missing(); why != "" {
		t.Skip(why)
	}
	s := onKubernetes(t, p)
	s.Batter(t, 12,
		sweeptest.Blow{Name: "trainer killed", Strike: func() bool { return killTrainer(s) }},
		sweeptest.Blow{Name: "pod evicted", Strike: func() bool {
			return p.onOne(http.MethodPost, "/eviction", func(name string) object {
				return object{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": object{"name": name}}
			})
		}},
		sweeptest.Blow{Name: "pod deleted", Strike: func() bool {
			return p.onOne(http.MethodDelete, "", func(string) object { return object{} })
		}},
	)
	s.Settle(t)
	s.Check(t)
	var jobs struct{ Items []job }
	if err := p.client.do(t.Context(), http.MethodGet, p.client.jobs()+"?labelSelector="+batchNote, "", nil, &jobs); err != nil {
		t.Fatal(err)
	}
	most := 0
	for _, j := range jobs.Items {
		most = max(most, j.Spec.Completions)
	}
	if most < 2 {
		t.Errorf("of %d Jobs of batches none has two indices", len(jobs.Items))
	}
	t.Logf("%d Jobs of batches, the largest of %d cells", len(jobs.Items), most)
}

// onKubernetes is a sweep whose state directory is seen in the pods.
func onKubernetes(t *testing.T, p *controlPlane) *sweeptest.Sweep {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "trainyard")
	if out, err := exec.Command("go", "build", "-o", program, "trainyard/cmd/trainyard").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	settings := filepath.Join(dir, "config/trainyard")
	if err := os.MkdirAll(settings, 0o700); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("backends:\n  - {name: cluster, kind: kubernetes, kubeconfig: %s, image: machine, self: %s, arch: %s, runs: /shared/runs, mounts: [{host: %s, path: /shared, local: %s}]}\n",
		p.kubeconfig, program, runtime.GOARCH, dir, dir)
	if err := os.WriteFile(filepath.Join(settings, "config.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return &sweeptest.Sweep{
		Program: program, Dir: dir, Here: filepath.Join(dir, "marks"), There: "/shared/marks",
		Args: []string{"--backend", "cluster", "--parallel", "8"}, Rates: 4, Seeds: 6, Longest: 1500 * time.Millisecond, Abreast: 2,
	}
}

// killTrainer kills one of the sweep's trainers that run, of any pod.
func killTrainer(s *sweeptest.Sweep) bool {
	out, err := exec.Command("pgrep", "-f", "^"+s.Program+" smoke-train").Output()
	pids := strings.Fields(string(out))
	if err != nil || len(pids) == 0 {
		return false
	}
	pid, err := strconv.Atoi(pids[rand.IntN(len(pids))])
	return err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil // an error: it has ended meanwhile
}

// onOne does something to one of the pods of batches that have not ended.
func (p *controlPlane) onOne(method, below string, body func(name string) object) bool {
	return p.onPod(batchNote, method, below, body)
}

// onPod does something to one of the running pods that have a label.
func (p *controlPlane) onPod(label, method, below string, body func(name string) object) bool {
	var list podList
	err := p.client.do(background(), http.MethodGet, p.client.core("pods")+"?fieldSelector=status.phase=Running&labelSelector="+label, "", nil, &list)
	if err != nil || len(list.Items) == 0 {
		return false
	}
	name := list.Items[rand.IntN(len(list.Items))].Metadata.Name
	return p.client.do(background(), method, p.client.core("pods")+"/"+name+below, asJSON, body(name), nil) == nil
}
