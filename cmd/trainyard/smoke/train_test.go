package smoke

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"trainyard/mix/shard"
)

// twoSplits has 11 rows to learn from: 3 steps of 4 rows an epoch, the last
// one short; 6 steps in readConfig's 2 epochs.
func twoSplits(t testing.TB) string {
	t.Helper()
	return writeDataset(t, [][]shard.Row{conversations(t, 0, 6), conversations(t, 6, 5)}, conversations(t, 50, 2))
}

func train(t *testing.T, cfg Config) string {
	t.Helper()
	var log bytes.Buffer
	if err := Train(t.Context(), cfg, &log); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return log.String()
}

func readLog(t *testing.T, dir string) []logLine {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, logFile))
	if err != nil {
		t.Fatal(err)
	}
	var lines []logLine
	for text := range bytes.Lines(data) {
		var l logLine
		if err := json.Unmarshal(text, &l); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		lines = append(lines, l)
	}
	return lines
}

// Speeds are told by attempt, as LLaMA-Factory's log has them: hours of the attempt
// before are not in the time of this one.
func TestTheClockOfALogBeginsWithItsProcess(t *testing.T) {
	dir, one := t.TempDir(), 1.0
	journal, err := os.Create(filepath.Join(dir, "trainer_log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	r := &run{plan: &plan{steps: 10}, log: io.Discard, journal: journal, from: 5, began: time.Now()}
	r.at.Step, r.at.Elapsed = 6, time.Hour
	if err := r.report(event{Step: 6, Loss: &one, Rate: &one}); err != nil {
		t.Fatal(err)
	}
	if data := string(readBytes(t, journal.Name())); !strings.Contains(data, `"elapsed_time":"0:00:00"`) {
		t.Errorf("the log has %s", data)
	}
}

// untimed drops what depends on the clock.
func untimed(lines []logLine) []logLine {
	for i := range lines {
		lines[i].ElapsedTime, lines[i].RemainingTime, lines[i].Throughput = "", "", 0
	}
	return lines
}

func readBytes(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func saved(t *testing.T, dir string) []int {
	t.Helper()
	steps, err := checkpoints(dir)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

func TestRunLearnsAndLeavesItsRecord(t *testing.T) {
	cfg := readConfig(t, twoSplits(t))
	cfg.Epochs = 6
	log := train(t, cfg)
	lines := readLog(t, cfg.OutputDir)

	var losses, validation []float64
	var evaluatedAt []int
	for _, l := range lines {
		if l.Loss != nil {
			losses = append(losses, *l.Loss)
		} else {
			validation, evaluatedAt = append(validation, *l.EvalLoss), append(evaluatedAt, l.CurrentSteps)
		}
	}
	if want := []int{0, 3, 6, 9, 12, 15, 18}; !slices.Equal(evaluatedAt, want) {
		t.Errorf("evaluated at steps %v, want %v", evaluatedAt, want)
	}
	if len(losses) != 18 || losses[17] > losses[0]/2 {
		t.Errorf("losses %v: want 18 that fall below half", losses)
	}
	if last := validation[len(validation)-1]; last > validation[0]/2 {
		t.Errorf("validation loss went from %v to %v only", validation[0], last)
	}
	if l := lines[len(lines)-1]; l.Percentage != 100 || l.Epoch != 6 || l.TotalSteps != 18 {
		t.Errorf("last line is %+v", l)
	}
	for _, want := range []string{"checked 11 rows", "learning rate 0.2 is this model's own; train.lr is for the large model", "step 18/18  epoch 6.00  loss ", " tokens/s", "done: 18 steps"} {
		if !strings.Contains(log, want) {
			t.Errorf("log lacks %q:\n%s", want, log)
		}
	}
}

func TestResultsHaveTheNamesOfLlamaFactory(t *testing.T) {
	cfg := readConfig(t, twoSplits(t))
	train(t, cfg)
	for file, want := range map[string][]string{
		"train_results.json": {"epoch", "num_input_tokens_seen", "train_loss", "train_runtime", "train_samples_per_second", "train_steps_per_second"},
		"eval_results.json":  {"epoch", "eval_loss", "eval_runtime", "eval_samples_per_second"},
		"all_results.json":   {"epoch", "eval_loss", "eval_runtime", "eval_samples_per_second", "num_input_tokens_seen", "train_loss", "train_runtime", "train_samples_per_second", "train_steps_per_second"},
	} {
		var results map[string]float64
		if err := json.Unmarshal(readBytes(t, cfg.OutputDir, file), &results); err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(results)); !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", file, got, want)
		}
	}
	var state map[string]any
	if err := json.Unmarshal(readBytes(t, cfg.OutputDir, "checkpoint-6", "trainer_state.json"), &state); err != nil {
		t.Fatal(err)
	}
	if state["global_step"] != 6.0 || state["max_steps"] != 6.0 || state["epoch"] != 2.0 || state["num_train_epochs"] != 2.0 || len(state["log_history"].([]any)) != 9 {
		t.Errorf("trainer_state.json is %v", state)
	}
}

func TestSameConfigSameModel(t *testing.T) {
	dataset := twoSplits(t)
	a, b, c := readConfig(t, dataset), readConfig(t, dataset), readConfig(t, dataset)
	c.Seed = 1
	for _, cfg := range []Config{a, b, c} {
		train(t, cfg)
	}
	const file = "model.safetensors"
	if !bytes.Equal(readBytes(t, a.OutputDir, file), readBytes(t, b.OutputDir, file)) {
		t.Error("two runs of one config differ")
	}
	if bytes.Equal(readBytes(t, a.OutputDir, file), readBytes(t, c.OutputDir, file)) {
		t.Error("another seed gives the same model")
	}
}

// stopper is a log that cancels the run when a line says so.
type stopper struct {
	at     string
	cancel func()
}

func (s stopper) Write(p []byte) (int, error) {
	if strings.Contains(string(p), s.at) {
		s.cancel()
	}
	return len(p), nil
}

func stopAt(t *testing.T, cfg Config, line string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := Train(ctx, cfg, stopper{line, cancel}); !errors.Is(err, ErrStopped) {
		t.Fatalf("stopped run returned %v", err)
	}
}

// TestStoppedRunEndsLikeOneThatWasNot stops at every step, with log lines
// that span several steps, and compares model, sums, log and state.
func TestStoppedRunEndsLikeOneThatWasNot(t *testing.T) {
	whole := readConfig(t, twoSplits(t))
	whole.LoggingSteps = 2
	train(t, whole)
	broken := whole
	broken.OutputDir = t.TempDir()
	for i, line := range []string{"step 0/6", "step 2/6", "step 3/6", "step 4/6"} {
		stopAt(t, broken, line)
		if got := saved(t, broken.OutputDir); len(got) != i {
			t.Fatalf("after %q checkpoints %v", line, got)
		}
	}
	log := train(t, broken)
	if !strings.Contains(log, "resumed from") || !strings.Contains(log, "checkpoint-4") {
		t.Errorf("log does not say where it resumed:\n%s", log)
	}
	for _, file := range []string{"model.safetensors", "vocabulary.json", "checkpoint-6/model.safetensors", "checkpoint-6/optimizer.safetensors"} {
		if !bytes.Equal(readBytes(t, whole.OutputDir, file), readBytes(t, broken.OutputDir, file)) {
			t.Errorf("%s differs", file)
		}
	}
	got, want := untimed(readLog(t, broken.OutputDir)), untimed(readLog(t, whole.OutputDir))
	if a, b := toJSON(t, got), toJSON(t, want); a != b {
		t.Errorf("log of the resumed run\n%s\nof the whole run\n%s", a, b)
	}
}

// TestARunGoesOnFromACheckpointOfAnotherDirectory as a new attempt does: the old
// directory stays as it was, and the model is that of one unbroken run.
func TestARunGoesOnFromACheckpointOfAnotherDirectory(t *testing.T) {
	whole := readConfig(t, twoSplits(t))
	train(t, whole)
	old := whole
	old.OutputDir = t.TempDir()
	stopAt(t, old, "step 3/6")
	kept := saved(t, old.OutputDir)
	next := whole
	next.OutputDir = t.TempDir()
	next.ResumeFrom = filepath.Join(old.OutputDir, "checkpoint-3")
	if log := train(t, next); !strings.Contains(log, "resumed from "+next.ResumeFrom) {
		t.Errorf("log does not say where it resumed:\n%s", log)
	}
	if !bytes.Equal(readBytes(t, whole.OutputDir, "model.safetensors"), readBytes(t, next.OutputDir, "model.safetensors")) {
		t.Error("the model is another one than without the break")
	}
	if got := saved(t, old.OutputDir); !slices.Equal(got, kept) {
		t.Errorf("the old directory has checkpoints %v, had %v", got, kept)
	}
	next.Seed, next.OutputDir = next.Seed+1, t.TempDir()
	if err := Train(t.Context(), next, io.Discard); err == nil || !strings.Contains(err.Error(), "another run") {
		t.Errorf("another run's checkpoint: %v", err)
	}
	next.ResumeFrom = filepath.Join(t.TempDir(), "checkpoint-3")
	if err := Train(t.Context(), next, io.Discard); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a checkpoint that is not there: %v", err)
	}
}

func TestMaxStepsEndARunWhateverItsEpochs(t *testing.T) {
	cfg := readConfig(t, twoSplits(t))
	cfg.MaxSteps = 2
	if log := train(t, cfg); !strings.Contains(log, "step 2/2") || strings.Contains(log, "step 3") {
		t.Errorf("log:\n%s", log)
	}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestKilledRunRepeatsWhatItHadNotSaved is a process that died at step 5: its
// last checkpoint is of step 4, its log went on and its last line is torn.
func TestKilledRunRepeatsWhatItHadNotSaved(t *testing.T) {
	cfg := readConfig(t, twoSplits(t))
	stopAt(t, cfg, "step 4/6")
	f, err := os.OpenFile(filepath.Join(cfg.OutputDir, logFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(`{"current_steps":5,"total_steps":6,"loss":1,"epoch":1.6667}` + "\n" + `{"current_steps":4,"total`)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	train(t, cfg)
	var steps []int
	for _, l := range readLog(t, cfg.OutputDir) {
		if l.Loss != nil {
			steps = append(steps, l.CurrentSteps)
		}
	}
	if want := []int{1, 2, 3, 4, 5, 6}; !slices.Equal(steps, want) {
		t.Errorf("logged steps %v, want %v", steps, want)
	}
}

func TestDamagedCheckpointsArePassedOver(t *testing.T) {
	whole := readConfig(t, twoSplits(t))
	train(t, whole)
	for name, spoil := range map[string]func(dir string) error{
		"no state":        func(dir string) error { return os.Remove(filepath.Join(dir, "trainer_state.json")) },
		"no progress":     func(dir string) error { return os.Truncate(filepath.Join(dir, "progress.json"), 0) },
		"half a model":    func(dir string) error { return os.Truncate(filepath.Join(dir, "model.safetensors"), 5000) },
		"empty optimizer": func(dir string) error { return os.Truncate(filepath.Join(dir, "optimizer.safetensors"), 0) },
		"an empty directory": func(dir string) error {
			return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o777))
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := whole
			cfg.OutputDir, cfg.SaveSteps = t.TempDir(), 2
			stopAt(t, cfg, "step 5/6")
			if err := spoil(filepath.Join(cfg.OutputDir, "checkpoint-5")); err != nil {
				t.Fatal(err)
			}
			log := train(t, cfg)
			if !strings.Contains(log, "passed over") || !strings.Contains(log, "resumed from "+filepath.Join(cfg.OutputDir, "checkpoint-4")) {
				t.Errorf("log:\n%s", log)
			}
			if !bytes.Equal(readBytes(t, whole.OutputDir, "model.safetensors"), readBytes(t, cfg.OutputDir, "model.safetensors")) {
				t.Error("the model differs from an unbroken run's")
			}
		})
	}
}

func TestCheckpointBeingWrittenIsNotOne(t *testing.T) {
	cfg := readConfig(t, twoSplits(t))
	stopAt(t, cfg, "step 2/6")
	unfinished := filepath.Join(cfg.OutputDir, unfinishedPrefix+"9")
	if err := os.Rename(filepath.Join(cfg.OutputDir, "checkpoint-2"), unfinished); err != nil {
		t.Fatal(err)
	}
	if log := train(t, cfg); strings.Contains(log, "resumed") {
		t.Errorf("log:\n%s", log)
	}
	if _, err := os.Stat(unfinished); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what the crash left is still there: %v", err)
	}
}

func TestSaveTotalLimitKeepsTheNewest(t *testing.T) {
	cfg := readConfig(t, twoSplits(t))
	cfg.SaveSteps, cfg.SaveTotalLimit = 1, 2
	train(t, cfg)
	if got := saved(t, cfg.OutputDir); !slices.Equal(got, []int{5, 6}) {
		t.Errorf("checkpoints %v, want the newest two of 1 to 6", got)
	}
	left, err := filepath.Glob(filepath.Join(cfg.OutputDir, unfinishedPrefix+"*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left %v (%v)", left, err)
	}
}

func TestCheckpointOfAnotherRunIsNotContinued(t *testing.T) {
	cfg := readConfig(t, twoSplits(t))
	stopAt(t, cfg, "step 2/6")
	for name, other := range map[string]func(c Config) Config{
		"epochs": func(c Config) Config { c.Epochs = 5; return c },
		"seed":   func(c Config) Config { c.Seed = 8; return c },
		"dataset": func(c Config) Config {
			c.Dataset = writeDataset(t, [][]shard.Row{conversations(t, 3, 11)}, nil)
			return c
		},
	} {
		err := Train(t.Context(), other(cfg), io.Discard)
		if err == nil || !strings.Contains(err.Error(), "belongs to another run") {
			t.Errorf("another %s: got %v", name, err)
		}
	}
}

func TestFinishedRunIsFinishedAgain(t *testing.T) {
	cfg := readConfig(t, twoSplits(t))
	train(t, cfg)
	before := readBytes(t, cfg.OutputDir, logFile)
	if log := train(t, cfg); !strings.Contains(log, "done: 6 steps") {
		t.Errorf("log:\n%s", log)
	}
	if !bytes.Equal(before, readBytes(t, cfg.OutputDir, logFile)) {
		t.Error("the log changed")
	}
}

func TestLossThatIsNoNumberStopsTheRun(t *testing.T) {
	cfg := readConfig(t, twoSplits(t))
	cfg.LearningRate = 1e38
	err := Train(t.Context(), cfg, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "lower learning_rate") {
		t.Fatalf("got %v", err)
	}
	if got := saved(t, cfg.OutputDir); len(got) > 0 {
		t.Errorf("saved %v", got)
	}
}

func TestRunWithoutValidationRowsHasNoEval(t *testing.T) {
	cfg := readConfig(t, writeDataset(t, [][]shard.Row{conversations(t, 0, 4)}, nil))
	train(t, cfg)
	if _, err := os.Stat(filepath.Join(cfg.OutputDir, "eval_results.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("eval_results.json: %v", err)
	}
}
