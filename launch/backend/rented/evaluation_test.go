package rented

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/local"
	"trainyard/launch/trainer"
)

// A box is given back when its run has ended. Its model came home by then, and goes to
// the box that is rented for the evaluation; one of this machine needs none.
func TestARunOfARentedBoxIsEvaluatedOnAnotherOneAndHere(t *testing.T) {
	s := open(t, "runpod", Config{})
	home := filepath.Join(s.home, "yard")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	ledger, err := launch.OpenLedger(launch.LedgerFile(home))
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	l := &launch.Launcher{
		Home: home, Ledger: ledger, Trainers: trainer.Trainers, Evaluator: trainer.Evaluation{}, Self: backendtest.Self(t), Poll: 50 * time.Millisecond,
		Backends: map[string]launch.Backend{"local": local.Local{}, "rent": s.Rented},
	}
	dataset := t.TempDir()
	if err := os.WriteFile(filepath.Join(dataset, "train-00000-of-00001.parquet"), []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := s.succeeds(t, l, launch.Job{
		Recipe: "r", Fingerprint: "f", Trainer: "command", Backend: "rent", Model: "m", Template: "qwen2.5", Window: 1024, Epochs: 1, Batch: 1, LR: 1e-5, GPUs: 1, Deadline: time.Hour,
		Dataset: launch.Dataset{Dir: dataset, Train: launch.Split{Shards: []string{"train-00000-of-00001.parquet"}, Rows: 10}},
		Params:  launch.Params{"argv": []any{"sh", "-c", `mkdir -p "$1"; echo weights >"$1/model.safetensors"`, "sh", "{output}"}},
	})
	evaluation := launch.Evaluation{Name: "e", Benchmark: "e", GPUs: 1, Deadline: time.Hour, Command: []string{"sh", "-c", `printf 'id,verdict\n%s,passed\n' "$(cat "$1/model.safetensors")" >"$2/graded.csv"`, "sh", "{checkpoint}", "{output}"}}
	here := evaluation
	here.Benchmark, here.Backend = "here", "local"
	deeds := l.Evaluate(t.Context(), run, []launch.Evaluation{evaluation, here})
	if len(deeds) != 2 || deeds[0].Err != nil || deeds[1].Err != nil {
		t.Fatalf("%+v", deeds)
	}
	away, near := backendtest.Succeeds(t, l, deeds[0].Run), backendtest.Succeeds(t, l, deeds[1].Run)
	if away.Job.Backend != "rent" || away.Facts.Price == nil || near.Facts.Price != nil || near.Job.Evaluates.Model != filepath.Join(l.Dir(run), "out") {
		t.Errorf("%+v, %+v", away.Facts, near.Job.Evaluates)
	}
	first, errFirst := readHandle(run.Handle)
	second, err := readHandle(away.Handle)
	if errFirst != nil || err != nil || first.Box == second.Box || len(s.fake.Billed()) != 0 {
		t.Errorf("it ran on %s, and its evaluation on %s; %d boxes are left, %v, %v", first.Box, second.Box, len(s.fake.Billed()), errFirst, err)
	}
	results, err := ledger.Results(t.Context(), run.ID)
	if err != nil || len(results) != 2 || results[0].Instances[0].ID != "weights" || results[1].Instances[0].ID != "weights" {
		t.Errorf("%+v, %v", results, err)
	}
}

func (s shop) succeeds(t *testing.T, l *launch.Launcher, job launch.Job) launch.Run {
	t.Helper()
	run, err := l.Start(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	return backendtest.Succeeds(t, l, run)
}
