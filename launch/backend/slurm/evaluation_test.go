package slurm

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/local"
	"trainyard/launch/result"
	"trainyard/launch/sweep/sweeptest"
	trainers "trainyard/launch/trainer"
)

// examine is an evaluation that looks at a model: of each file that it finds, whether it
// has bytes. Its job tells what it was given.
const examine = `model=$1 out=$2
[ -s "$model"/model.safetensors ] || exit 9
echo "job $SLURM_JOB_ID gpus ${CUDA_VISIBLE_DEVICES:-none} model $model"
cd "$model" && for f in *; do [ -f "$f" ] && [ "$f" != fetched.json ] && echo "$f,$([ -s "$f" ] && echo passed || echo failed)"; done | { echo id,verdict; cat; } >"$out/graded.csv"`

// An evaluated is a state directory of the built program, and the places of its settings.
type evaluated struct {
	t                  *testing.T
	program, dir, root string
}

func newEvaluated(t *testing.T) *evaluated {
	t.Helper()
	dir := t.TempDir()
	e := &evaluated{t: t, program: filepath.Join(dir, "trainyard"), dir: dir, root: filepath.Join(dir, "root")}
	run(t, "go", "build", "-o", e.program, "trainyard/cmd/trainyard")
	e.write("config/trainyard/config.yaml", fmt.Sprintf("backends:\n  - {name: cluster, kind: slurm, partition: low}\n  - {name: rooted, kind: slurm, root: %s, price: 3}\n", e.root))
	e.write("examine.sh", examine)
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

func (e *evaluated) command(args ...string) *exec.Cmd {
	cmd := exec.Command(e.program, args...)
	cmd.Env = append(os.Environ(), "TRAINYARD_HOME="+e.dir+"/home", "XDG_CONFIG_HOME="+e.dir+"/config")
	return cmd
}

// recipe is a run of the demo that is evaluated at each place, by its name.
func (e *evaluated) recipe(places ...string) string {
	text := "name: r\nextends: demo\neval:\n"
	for _, place := range places {
		name, backend, _ := strings.Cut(place, "=")
		text += fmt.Sprintf("  - {name: %s, benchmark: %s, command: [sh, %s/examine.sh, \"{checkpoint}\", \"{output}\"], backend: %s, gpus: 2, deadline: 20m}\n", name, name, e.dir, backend)
	}
	e.write("r.yaml", text)
	return filepath.Join(e.dir, "r.yaml")
}

// ledger gives the training, its evaluations by name, and its results by benchmark.
func (e *evaluated) ledger() (trained launch.Run, evals map[string]launch.Run, results map[string]launch.StoredResult) {
	e.t.Helper()
	l, err := launch.OpenLedger(launch.LedgerFile(e.dir + "/home"))
	if err != nil {
		e.t.Fatal(err)
	}
	defer l.Close()
	runs, err := l.Runs(e.t.Context(), 0)
	evals, results = map[string]launch.Run{}, map[string]launch.StoredResult{}
	for _, r := range runs {
		if r.Job.Evaluates == nil {
			trained = r
			continue
		}
		if _, twice := evals[r.Job.Evaluates.Name]; twice {
			e.t.Errorf("%s has two runs", r.Job.Evaluates.Name)
		}
		evals[r.Job.Evaluates.Name] = r
	}
	all, errResults := l.Results(e.t.Context(), trained.ID)
	if err != nil || errResults != nil {
		e.t.Fatal(err, errResults)
	}
	for _, r := range all {
		results[r.Benchmark] = r
	}
	return trained, evals, results
}

// graded checks that the evaluation of that name ran at that place, and that what it has
// found of each file of the model is a result of the run.
func (e *evaluated) graded(evals map[string]launch.Run, results map[string]launch.StoredResult, name, backend string) launch.Run {
	e.t.Helper()
	got, found := evals[name], results[name]
	if got.State != launch.Succeeded || got.Job.Backend != backend || got.Job.GPUs != 2 || got.N != 1 {
		e.t.Errorf("%s on %s with %d GPUs, attempt %d: %s: %s", name, got.Job.Backend, got.Job.GPUs, got.N, got.State, got.Reason)
	}
	if found.Resolved() < 2 || !slices.ContainsFunc(found.Instances, func(i result.Instance) bool { return i.ID == "model.safetensors" && i.Verdict == result.Resolved }) {
		e.t.Errorf("%s has found %+v", name, found.Instances)
	}
	return got
}

// log is what the attempt has said.
func (e *evaluated) log(r launch.Run) string {
	out, err := e.command("runs", "logs", r.ID).CombinedOutput()
	if err != nil {
		e.t.Errorf("%v: %s", err, out)
	}
	return string(out)
}

// A run of the cluster is evaluated there by a job with GPUs, a time limit and a price of
// its own, and here, and below another root, where its model is copied to.
func TestARunOfTheClusterIsEvaluatedThereAndElsewhere(t *testing.T) {
	slow(t)
	onCluster(t)
	e := newEvaluated(t)
	out, err := e.command("launch", e.recipe("there=cluster", "here=local", "rooted=rooted"), "--backend", "cluster", "--yes").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	trained, evals, results := e.ledger()
	there := e.graded(evals, results, "there", "cluster")
	e.graded(evals, results, "here", "local")
	rooted := e.graded(evals, results, "rooted", "rooted")
	if price := rooted.Facts.Price; price == nil || *price != 6 || rooted.Dollars(time.Now()) == nil || there.Facts.Price != nil {
		t.Errorf("the price of two GPUs for an hour is %v, and without one %v", price, there.Facts.Price)
	}
	if job := run(t, "scontrol", "show", "job", jobID(t, there.Handle)); !strings.Contains(job, "TresPerNode=gres:gpu:2") || !strings.Contains(job, "TimeLimit=00:31:00") || !strings.Contains(job, "Partition=low") {
		t.Errorf("its job:\n%s", job)
	}
	if log := e.log(there); !strings.Contains(log, "model "+e.dir+"/home/runs/"+trained.ID+"/attempt-1/out") {
		t.Errorf("it has said %q", log)
	}
	if copied := filepath.Join(e.root, "models", trained.ID, "attempt-1", "out"); rooted.Job.Evaluates.Model != copied || !strings.Contains(e.log(rooted), rooted.ID+"/attempt-1/model/out") {
		t.Errorf("the model is %s, and not %s", rooted.Job.Evaluates.Model, copied)
	}
}

// A run of this machine is evaluated on the cluster.
func TestARunOfThisMachineIsEvaluatedOnTheCluster(t *testing.T) {
	slow(t)
	onCluster(t)
	e := newEvaluated(t)
	out, err := e.command("launch", e.recipe("there=cluster", "rooted=rooted"), "--backend", "local", "--yes").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, evals, results := e.ledger()
	if log := e.log(e.graded(evals, results, "there", "cluster")); !strings.Contains(log, "gpus 0,1 ") && !strings.Contains(log, "gpus 2,3 ") {
		t.Errorf("it has said %q", log)
	}
	e.graded(evals, results, "rooted", "rooted")
}

// Trainyards are killed, two of them at work at once, evaluations are, jobs are cancelled
// by others, and nodes fail under them: each cell is evaluated once.
func TestEvaluationsThatAreStruckAtRandomEndOnce(t *testing.T) {
	own(t, 3600)
	if why := sweeptest.Missing(); why != "" {
		t.Skip(why)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "trainyard")
	run(t, "go", "build", "-o", program, "trainyard/cmd/trainyard")
	s := &sweeptest.Sweep{
		Program: program, Dir: dir, Here: filepath.Join(dir, "marks"), There: filepath.Join(dir, "marks"),
		Args: []string{"--backend", "slurm:low", "--parallel", "4"}, Evaluates: "slurm:high", Rates: 2, Seeds: 2, Longest: 1500 * time.Millisecond, Abreast: 2,
	}
	s.Batter(t, 10,
		sweeptest.Blow{Name: "evaluation killed", Strike: s.KillEvaluation},
		sweeptest.Blow{Name: "evaluation cancelled", Strike: cancelEvaluation},
		sweeptest.Blow{Name: "waiting job cancelled", Strike: func() bool { return onOne("pending", "scancel") }},
		sweeptest.Blow{Name: "node down", Strike: nodeDown},
	)
	s.Settle(t)
	s.Check(t)
}

// cancelEvaluation cancels one of the jobs of the partition that evaluations have to
// themselves, whether it runs or waits.
func cancelEvaluation() bool {
	out, err := exec.Command("squeue", "-h", "-p", "high", "--me", "-o", "%i").Output()
	jobs := strings.Fields(string(out))
	return err == nil && len(jobs) > 0 && exec.Command("scancel", jobs[rand.IntN(len(jobs))]).Run() == nil
}

// nodeDown has a node that runs a job taken for dead, and brings it back.
func nodeDown() bool {
	out, err := exec.Command("squeue", "-h", "-t", "running", "--me", "-o", "%N").Output()
	nodes := strings.Fields(string(out))
	if err != nil || len(nodes) == 0 {
		return false
	}
	name := "NodeName=" + nodes[rand.IntN(len(nodes))]
	hit := exec.Command("scontrol", "update", name, "State=DOWN", "Reason=test").Run() == nil
	return exec.Command("scontrol", "update", name, "State=RESUME").Run() == nil && hit // an error: another state than one to come back from
}

// Behind a login node nothing is shared: the model of a run there comes here for an
// evaluation here, and that of a run here goes there.
func TestBehindALoginNodeModelsComeAndGo(t *testing.T) {
	slow(t)
	onCluster(t)
	root := t.TempDir()
	there := place(t, Config{Login: "login", Root: root, Time: "1h"})
	there.dial, _ = overSession(t, root)
	home := filepath.Join(t.TempDir(), "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	ledger, err := launch.OpenLedger(launch.LedgerFile(home))
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	l := &launch.Launcher{
		Home: home, Ledger: ledger, Trainers: trainers.Trainers, Evaluator: trainers.Evaluation{}, Self: backendtest.Self(t), Poll: 50 * time.Millisecond,
		Backends: map[string]launch.Backend{"local": local.Local{}, "slurm": there},
	}
	for _, c := range []struct{ trains, evaluates, model string }{{"slurm", "local", home}, {"local", "slurm", root}, {"slurm", "", root}} {
		t.Run(c.trains+", "+c.evaluates, func(t *testing.T) {
			job := launch.Job{
				Recipe: "r", Fingerprint: "f", Trainer: "command", Backend: c.trains, Model: "m", Template: "qwen2.5", Window: 1024, Epochs: 1, Batch: 1, LR: 1e-5,
				Dataset: launch.Dataset{Dir: datasetOf(t), Train: launch.Split{Shards: []string{"train-00000-of-00001.parquet"}, Rows: 10}},
				Params:  launch.Params{"argv": []any{"sh", "-c", `mkdir -p "$1/checkpoint-3"; echo weights >"$1/checkpoint-3/model.safetensors"; echo '{{"global_step": 3}}' >"$1/checkpoint-3/trainer_state.json"`, "sh", "{output}"}},
			}
			e := launch.Evaluation{Name: "e", Benchmark: "e", Backend: c.evaluates, Command: []string{"sh", "-c", strings.NewReplacer("{", "{{", "}", "}}").Replace(examine), "sh", "{checkpoint}", "{output}"}}
			trained, err := l.Start(t.Context(), job)
			if err != nil {
				t.Fatal(err)
			}
			trained = backendtest.Succeeds(t, l, trained)
			deeds := l.Evaluate(t.Context(), trained, []launch.Evaluation{e})
			if len(deeds) != 1 || deeds[0].Err != nil {
				t.Fatalf("%+v", deeds)
			}
			got := backendtest.Succeeds(t, l, deeds[0].Run)
			var log bytes.Buffer
			err = l.Logs(t.Context(), got, &log, 0, false)
			if got.Reason != "e seed 0 step 3: 2 of 2 resolved" || err != nil || !strings.Contains(log.String(), "model "+c.model) {
				t.Errorf("%s: %s; it has said %q, %v", got.State, got.Reason, log.String(), err)
			}
			if results, err := ledger.Results(t.Context(), trained.ID); err != nil || len(results) != 1 || results[0].Total() != 2 {
				t.Errorf("%+v, %v", results, err)
			}
		})
	}
}

func datasetOf(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "train-00000-of-00001.parquet"), []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
