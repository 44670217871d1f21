//go:build linux

package kubernetes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"trainyard/launch"
	"trainyard/launch/result"
	"trainyard/launch/sweep/sweeptest"
)

// examine is an evaluation that looks at a model: of each file that it finds, whether it
// has bytes. It tells where the model lies.
const examine = `model=$1 out=$2
[ -s "$model"/model.safetensors ] || exit 9
echo "model $(readlink -f "$model")"
cd "$model" && for f in *; do [ -f "$f" ] && [ "$f" != fetched.json ] && echo "$f,$([ -s "$f" ] && echo passed || echo failed)"; done >"$out/rows"
echo id,verdict | cat - "$out/rows" >"$out/graded.csv"`

// An evaluated is a state directory of the built program, with two places: of cluster the
// volume is seen here, of blind it is not.
type evaluated struct {
	t            *testing.T
	program, dir string
}

func newEvaluated(t *testing.T, p *controlPlane) *evaluated {
	t.Helper()
	dir := t.TempDir()
	e := &evaluated{t: t, program: filepath.Join(dir, "trainyard"), dir: dir}
	if out, err := exec.Command("go", "build", "-o", e.program, "trainyard/cmd/trainyard").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := "backends:\n"
	for name, local := range map[string]string{"cluster": fmt.Sprintf(", local: %s/volume", dir), "blind": ""} {
		text += fmt.Sprintf("  - {name: %s, kind: kubernetes, kubeconfig: %s, image: machine, self: %s, arch: %s, runs: /shared/runs, mounts: [{host: %s/volume, path: /shared%s}]}\n",
			name, p.kubeconfig, e.program, runtime.GOARCH, dir, local)
	}
	e.write("config/trainyard/config.yaml", text)
	e.write("volume/.here", "")
	return e
}

func (e *evaluated) write(name, text string) {
	e.t.Helper()
	file := filepath.Join(e.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		e.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		e.t.Fatal(err)
	}
}

// launch runs the demo on a backend, and evaluates it on others.
func (e *evaluated) launch(on string, evaluates ...string) (said string, err error) {
	argv, _ := json.Marshal([]string{"sh", "-c", strings.NewReplacer("{", "{{", "}", "}}").Replace(examine), "sh", "{checkpoint}", "{output}"}) // texts: it cannot fail
	text := "name: r\nextends: demo\neval:\n"
	for _, backend := range evaluates {
		text += fmt.Sprintf("  - {name: on-%s, benchmark: on-%s, command: %s, backend: %s, gpus: 2, deadline: 20m, gpu_hour: 2.5}\n", backend, backend, argv, backend)
	}
	e.write("r.yaml", text)
	out, err := e.command("launch", e.dir+"/r.yaml", "--backend", on, "--yes", "--again").CombinedOutput()
	return string(out), err
}

func (e *evaluated) command(args ...string) *exec.Cmd {
	cmd := exec.Command(e.program, args...)
	cmd.Env = append(os.Environ(), "TRAINYARD_HOME="+e.dir+"/home", "XDG_CONFIG_HOME="+e.dir+"/config")
	return cmd
}

// ledger gives the newest training, its evaluations by backend, and its results by
// benchmark.
func (e *evaluated) ledger() (trained launch.Run, evals map[string]launch.Run, results map[string]launch.StoredResult) {
	e.t.Helper()
	l, err := launch.OpenLedger(launch.LedgerFile(e.dir + "/home"))
	if err != nil {
		e.t.Fatal(err)
	}
	defer l.Close()
	runs, err := l.Runs(e.t.Context(), 0)
	if err != nil {
		e.t.Fatal(err)
	}
	trained = runs[slices.IndexFunc(runs, func(r launch.Run) bool { return r.Job.Evaluates == nil })]
	all, err := l.Evaluations(e.t.Context(), trained.ID)
	found, errResults := l.Results(e.t.Context(), trained.ID)
	if err != nil || errResults != nil {
		e.t.Fatal(err, errResults)
	}
	evals, results = map[string]launch.Run{}, map[string]launch.StoredResult{}
	for _, r := range all {
		if _, twice := evals[r.Job.Backend]; twice {
			e.t.Errorf("it is evaluated twice on %s", r.Job.Backend)
		}
		evals[r.Job.Backend] = r
	}
	for _, r := range found {
		results[r.Benchmark] = r
	}
	return trained, evals, results
}

// graded checks that what the evaluation on a backend has found of each file of the model
// is a result of the run, and where it found it.
func (e *evaluated) graded(evals map[string]launch.Run, results map[string]launch.StoredResult, backend, model string) launch.Run {
	e.t.Helper()
	got, found := evals[backend], results["on-"+backend]
	if got.State != launch.Succeeded || got.Job.GPUs != 2 || got.N != 1 || got.Facts.Price == nil || *got.Facts.Price != 5 {
		e.t.Errorf("on %s with %d GPUs, attempt %d, for %v: %s: %s", backend, got.Job.GPUs, got.N, got.Facts.Price, got.State, got.Reason)
	}
	if found.Resolved() < 2 || !slices.ContainsFunc(found.Instances, func(i result.Instance) bool { return i.ID == "model.safetensors" && i.Verdict == result.Resolved }) {
		e.t.Errorf("on %s it has found %+v", backend, found.Instances)
	}
	if log, err := e.command("runs", "logs", got.ID).CombinedOutput(); err != nil || !strings.Contains(string(log), "model "+model+"\n") {
		e.t.Errorf("on %s it has said %q, and not %s, %v", backend, log, model, err)
	}
	return got
}

// A run of the cluster is evaluated there by a Job with GPUs and a deadline of its own, and
// here; one of this machine there, with a copy of its model on the volume. Where the volume
// is not seen here, nothing is started.
func TestClusterEvaluatesWhatWasTrainedThereAndHere(t *testing.T) {
	if os.Getenv("TRAINYARD_SLOW_TESTS") == "" {
		t.Skip("it takes long: set TRAINYARD_SLOW_TESTS")
	}
	p := onCluster(t)
	e := newEvaluated(t, p)
	for trains, evaluates := range map[string]string{"blind": "local", "local": "blind", "cluster": "blind"} {
		if said, err := e.launch(trains, evaluates); err == nil || !strings.Contains(said, "the mount of runs: /shared/runs is not seen here: give it local:") {
			t.Errorf("trained on %s, evaluated on %s: %v\n%s", trains, evaluates, err, said)
		}
	}
	if made, err := filepath.Glob(e.dir + "/home/runs/*"); err != nil || len(made) > 0 {
		t.Errorf("runs of what was refused: %v, %v", made, err)
	}
	if said, err := e.launch("cluster", "cluster", "local"); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	trained, evals, results := e.ledger()
	there := e.graded(evals, results, "cluster", "/shared/runs/"+trained.ID+"/attempt-1/out")
	e.graded(evals, results, "local", e.dir+"/volume/runs/"+trained.ID+"/attempt-1/out")
	h, err := readHandle(there.Handle)
	if err != nil {
		t.Fatal(err)
	}
	if job := raw(t, p, p.client.job(h.Name)); !strings.Contains(job, `"nvidia.com/gpu":"2"`) || !strings.Contains(job, `"activeDeadlineSeconds":`) {
		t.Errorf("its Job: %s", job)
	}
	if said, err := e.launch("local", "cluster"); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	trained, evals, results = e.ledger()
	e.graded(evals, results, "cluster", "/shared/runs/models/"+trained.ID+"/attempt-1/out")
}

// Trainyards are killed, two of them at work at once, evaluations are, and pods of cells
// and of evaluations are evicted and deleted by other hands: each cell is evaluated once.
func TestClusterEvaluatesEachCellOnceThoughItIsStruck(t *testing.T) {
	if os.Getenv("TRAINYARD_SLOW_TESTS") == "" {
		t.Skip("it takes long: set TRAINYARD_SLOW_TESTS")
	}
	p := onCluster(t)
	if why := sweeptest.Missing(); why != "" {
		t.Skip(why)
	}
	s := onKubernetes(t, p)
	s.Evaluates, s.Rates, s.Seeds = "cluster", 2, 2
	s.Batter(t, 10,
		sweeptest.Blow{Name: "evaluation killed", Strike: s.KillEvaluation},
		sweeptest.Blow{Name: "pod evicted", Strike: func() bool {
			return p.onPod(managedBy, http.MethodPost, "/eviction", func(name string) object {
				return object{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": object{"name": name}}
			})
		}},
		sweeptest.Blow{Name: "pod deleted", Strike: func() bool {
			return p.onPod(managedBy, http.MethodDelete, "", func(string) object { return object{} })
		}},
	)
	s.Settle(t)
	s.Check(t)
}
