package mix

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trainyard/format/evidence"
	"trainyard/mix/shard"
)

// chatLine is one record of chat JSONL about a repository of its own choice.
func chatLine(r *rand.Rand, n int) []byte {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	text := func() string {
		return strings.Repeat(fmt.Sprintf("line %d of the file\n", r.IntN(1000)), 1+r.IntN(40))
	}
	messages := []message{{"system", "You work on code."}}
	for range 1 + r.IntN(6) {
		messages = append(messages, message{"user", text()}, message{"assistant", "I look at it: " + text()})
	}
	line, err := json.Marshal(map[string]any{
		"instance_id": fmt.Sprintf("owner__repo%d-%d", n%7, n), "repo": fmt.Sprintf("owner/repo%d", n%7),
		"resolved": r.IntN(4) > 0, "messages": messages,
	})
	if err != nil {
		panic(err)
	}
	return append(line, '\n')
}

func writeSource(t testing.TB, dir, name string, records int) string {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(records), 9))
	var b bytes.Buffer
	for n := range records {
		b.Write(chatLine(r, n))
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func prepareConfig(t testing.TB, paths ...string) Config {
	cfg := Config{
		Recipe: RecipeID{Name: "test", Fingerprint: "f", Data: "d"}, YAML: []byte("name: test\n"),
		Template: "qwen2.5", Tools: "openhands", Output: "messages", Sampler: "all", Unit: Trajectories, Seed: 3,
		Window: 4000, Unique: UniqueContent, Validation: 0.2, Out: filepath.Join(t.TempDir(), "out"),
	}
	for k, p := range paths {
		cfg.Sources = append(cfg.Sources, Source{
			Name: fmt.Sprint("s", k), Inputs: []Place{{Path: p, Given: filepath.Base(p)}}, Format: "auto", Task: "task",
			Accept: evidence.Accept{Field: "resolved"}, Share: 1,
		})
	}
	return cfg
}

func mustPrepare(t testing.TB, cfg Config) *Result {
	t.Helper()
	res, err := Prepare(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func readDir(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(data)
	}
	return files
}

func TestTheNumberOfWorkersChangesNoByte(t *testing.T) {
	dir := t.TempDir()
	paths := []string{writeSource(t, dir, "a.jsonl", 150), writeSource(t, dir, "b.jsonl", 90)}
	var first map[string]string
	for _, workers := range []int{1, 2, 5, 1} {
		cfg := prepareConfig(t, paths...)
		cfg.Workers = workers
		mustPrepare(t, cfg)
		files := readDir(t, cfg.Out)
		if first == nil {
			first = files
		}
		for name, data := range files {
			if first[name] != data {
				t.Errorf("%d workers: %s differs", workers, name)
			}
		}
		if len(files) != len(first) || len(files) < 5 {
			t.Errorf("%d workers wrote %d files, want %d", workers, len(files), len(first))
		}
	}
}

func TestEveryRecordIsInOutcomesAndEveryKeptOneInAShard(t *testing.T) {
	dir := t.TempDir()
	path := writeSource(t, dir, "a.jsonl", 120)
	broken := "{\"messages\": [\nnot json\n" + string(chatLine(rand.New(rand.NewPCG(1, 1)), 1))[:60]
	data, _ := os.ReadFile(path)
	if err := os.WriteFile(path, append(data, broken...), 0o644); err != nil {
		t.Fatal(err)
	}
	cfg := prepareConfig(t, path)
	m := mustPrepare(t, cfg).Manifest
	lines := strings.Split(strings.TrimSuffix(readDir(t, cfg.Out)[outcomesFile], "\n"), "\n")
	if len(lines) != 123 || m.Totals.Funnel.Read.Records != 123 {
		t.Errorf("%d outcomes and %d records read, the file has 123 lines", len(lines), m.Totals.Funnel.Read.Records)
	}
	if n := m.Sources[0].Reasons["rejected: not_json"]; n != 3 {
		t.Errorf("%d records rejected as no JSON, want 3: %v", n, m.Sources[0].Reasons)
	}
	kept := map[string]Outcome{}
	for _, line := range lines {
		var e Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Outcome == Kept || e.Outcome == Validation {
			kept[e.ID] = e.Outcome
		}
	}
	checkRows(t, cfg.Out, kept)
}

// checkRows holds that the shards hold the kept trajectories, each on its
// side, and that the manifest counts them right.
func checkRows(t *testing.T, dir string, kept map[string]Outcome) {
	t.Helper()
	d, err := OpenDataset(dir)
	if err != nil {
		t.Fatal(err)
	}
	for split, outcome := range map[string]Outcome{"train": Kept, "validation": Validation} {
		var side Side
		for _, path := range d.Shards(split) {
			err := shard.ReadRows(path, func(r *shard.Row) error {
				if kept[r.TrajID] != outcome {
					t.Errorf("row %s of %s: its outcome is %q", r.TrajID, split, kept[r.TrajID])
				}
				delete(kept, r.TrajID)
				side.Rows++
				side.Tokens += int64(r.NTokens)
				side.TrainedTokens += int64(r.NTrainedTokens)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		want := d.Manifest.Totals.Train
		if split == "validation" {
			want = d.Manifest.Totals.Validation
		}
		if side.Rows != want.Rows || side.Tokens != want.Tokens || side.TrainedTokens != want.TrainedTokens {
			t.Errorf("%s: the shards hold %+v, the manifest says %+v", split, side, want)
		}
	}
	if len(kept) > 0 {
		t.Errorf("%d kept trajectories are in no shard", len(kept))
	}
}

func TestADryRunPlansTheSameAndWritesNothing(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 60)
	cfg := prepareConfig(t, path)
	wet := mustPrepare(t, cfg).Manifest
	cfg.Out, cfg.DryRun = filepath.Join(t.TempDir(), "none"), true
	dry := mustPrepare(t, cfg).Manifest
	if fmt.Sprint(wet.Totals) != fmt.Sprint(dry.Totals) {
		t.Errorf("dry run plans %v, the run did %v", dry.Totals, wet.Totals)
	}
	if _, err := os.Stat(cfg.Out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dry run made %s", cfg.Out)
	}
}

func TestASecondPrepareOfTheSameIsReusedAndOfOtherInputsIsNot(t *testing.T) {
	dir := t.TempDir()
	cfg := prepareConfig(t, writeSource(t, dir, "a.jsonl", 60))
	mustPrepare(t, cfg)
	if !mustPrepare(t, cfg).Reused {
		t.Error("the same recipe and inputs were prepared again")
	}
	writeSource(t, dir, "a.jsonl", 61)
	if _, err := Prepare(context.Background(), cfg); !errors.Is(err, ErrOccupied) || !strings.Contains(err.Error(), "a.jsonl") {
		t.Errorf("changed inputs: %v", err)
	}
	cfg.Replace = true
	if mustPrepare(t, cfg).Reused {
		t.Error("changed inputs were not prepared again")
	}
}

func TestAChangedReportIsAnotherInput(t *testing.T) {
	dir := t.TempDir()
	cfg := prepareConfig(t, writeSource(t, dir, "a.jsonl", 60))
	report := filepath.Join(dir, "report.json")
	cfg.Sources[0].Accept = evidence.Accept{Report: report}
	cfg.Validation, cfg.Replace = 0, true
	for i, resolved := range []string{"owner__repo1-1", "owner__repo2-2"} {
		text := fmt.Sprintf(`{"resolved_ids": [%q], "unresolved_ids": []}`, resolved)
		if err := os.WriteFile(report, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		res := mustPrepare(t, cfg)
		if res.Reused || res.Manifest.Totals.Train.Rows != 1 {
			t.Errorf("prepare %d: reused %v, %d rows", i+1, res.Reused, res.Manifest.Totals.Train.Rows)
		}
	}
}

func TestWhereTheDataLiesChangesNoByte(t *testing.T) {
	var first map[string]string
	for range 2 {
		dir := t.TempDir()
		cfg := prepareConfig(t, writeSource(t, dir, "a.jsonl", 60))
		cfg.Sources[0].Accept = evidence.Accept{Report: filepath.Join(dir, "report.json")}
		cfg.Sources[0].GivenReport = "report.json"
		cfg.Validation = 0
		if err := os.WriteFile(cfg.Sources[0].Accept.Report, []byte(`{"resolved_ids": ["owner__repo1-1"]}`), 0o644); err != nil {
			t.Fatal(err)
		}
		mustPrepare(t, cfg)
		files := readDir(t, cfg.Out)
		for name := range files {
			if first != nil && files[name] != first[name] {
				t.Errorf("%s depends on the directory", name)
			}
		}
		first = files
	}
}

func TestADamagedDatasetIsWrittenAnewNotReused(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 60))
	shard := filepath.Join(cfg.Out, mustPrepare(t, cfg).Manifest.Shards[0].File)
	if err := os.Truncate(shard, 100); err != nil {
		t.Fatal(err)
	}
	res := mustPrepare(t, cfg)
	if res.Reused || (&Dataset{Dir: cfg.Out, Manifest: res.Manifest}).Verify(t.Context()) != nil {
		t.Error("the cut shard was kept")
	}
}

func TestVerifyNamesTheFileThatChanged(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 60))
	m := mustPrepare(t, cfg).Manifest
	d := &Dataset{Dir: cfg.Out, Manifest: m}
	if err := d.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cfg.Out, m.Shards[0].File)
	data, _ := os.ReadFile(path)
	data[len(data)/2] ^= 1
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := d.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), m.Shards[0].File) {
		t.Errorf("verify says %v", err)
	}
}

func TestAnotherDatasetOrForeignFilesAreRefused(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 60)
	cfg := prepareConfig(t, path)
	mustPrepare(t, cfg)
	other := cfg
	other.Recipe.Data = "another"
	if _, err := Prepare(context.Background(), other); !errors.Is(err, ErrOccupied) {
		t.Errorf("another recipe's dataset: %v", err)
	}
	for _, name := range []string{"thesis.tex", "train-00000-of-00001.parquet", "recipe.yaml", "outcomes.jsonl"} {
		foreign := prepareConfig(t, path)
		file := filepath.Join(foreign.Out, name)
		if err := errors.Join(os.MkdirAll(foreign.Out, 0o755), os.WriteFile(file, []byte("mine"), 0o644)); err != nil {
			t.Fatal(err)
		}
		if _, err := Prepare(context.Background(), foreign); !errors.Is(err, ErrOccupied) {
			t.Errorf("the user's %s: %v", name, err)
		}
		if data, err := os.ReadFile(file); err != nil || string(data) != "mine" {
			t.Errorf("the user's %s is now %q: %v", name, data, err)
		}
	}
}

func TestADirectoryThatHoldsAnInputIsRefused(t *testing.T) {
	dir := t.TempDir()
	cfg := prepareConfig(t, writeSource(t, dir, "a.jsonl", 20))
	cfg.Out = dir
	if _, err := Prepare(context.Background(), cfg); !errors.Is(err, ErrOccupied) {
		t.Errorf("the error is %v", err)
	}
}

func TestARecipeThatTrainsOtherwiseChangesNothingOfTheDataset(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 60))
	mustPrepare(t, cfg)
	before := readDir(t, cfg.Out)
	cfg.Recipe.Fingerprint, cfg.Recipe.Name, cfg.YAML = "g", "other", []byte("name: other\n")
	res := mustPrepare(t, cfg)
	if !res.Reused || res.Manifest.Recipe.Fingerprint != "f" || !maps.Equal(before, readDir(t, cfg.Out)) {
		t.Errorf("reused %v, recipe %v, or other files", res.Reused, res.Manifest.Recipe)
	}
}

func TestTurnsKeptOutOfTheLossAreNeverTrainedOn(t *testing.T) {
	n := 0
	line := func(first, second string) string {
		n++
		return fmt.Sprintf(`{"messages": [{"role": "user", "content": "%d"}, {`, n) + `"role": "assistant", "content": "b"` + first +
			`}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"` + second + `}]}` + "\n"
	}
	path := filepath.Join(t.TempDir(), "a.jsonl")
	text := line("", "") + line(`, "train": false`, "") + line(`, "train": false`, `, "train": false`)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]int64{
		"messages": {"rejected: untrained_turns": 2},
		"tokens":   {"rejected: no_trained_tokens": 1},
	}
	for output, reasons := range want {
		cfg := prepareConfig(t, path)
		cfg.Output, cfg.Validation, cfg.Sources[0].Accept = output, 0, evidence.Accept{Any: true}
		if got := mustPrepare(t, cfg).Manifest.Sources[0].Reasons; !maps.Equal(got, reasons) {
			t.Errorf("%s: %v, want %v", output, got, reasons)
		}
	}
}

func TestATemplateIsCountedInItsOwnVocabulary(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 20))
	cfg.Template = "qwen3"
	if m := mustPrepare(t, cfg).Manifest; m.Tokenizer != "qwen3" {
		t.Errorf("qwen3 was counted with %s", m.Tokenizer)
	}
}

func TestAnInputThatGrowsMeanwhileIsNotPassedOff(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 60)
	cfg := prepareConfig(t, path)
	grow := sync.OnceFunc(func() {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString("{}\n")
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			t.Error(err)
		}
	})
	cfg.Progress = func(p Progress) {
		if p.Stage == "read" {
			grow()
		}
	}
	if _, err := Prepare(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("the error is %v", err)
	}
}

func TestTwoPreparesIntoOneDirectoryDoNotMix(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 60))
	out, err := claim(t.Context(), &cfg, &inputs{})
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan bool, 1)
	cfg.Progress = func(p Progress) {
		if p.Stage == "wait" {
			select {
			case waiting <- true:
			default:
			}
		}
	}
	done := make(chan error)
	go func() {
		_, err := Prepare(context.Background(), cfg)
		done <- err
	}()
	<-waiting
	out.release()
	if err := <-done; err != nil {
		t.Errorf("the second prepare did not finish after the first let go: %v", err)
	}
}

func TestManyPreparesOfOneDatasetAgree(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 60))
	var wrote atomic.Int64
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			res, err := Prepare(context.Background(), cfg)
			if err != nil {
				t.Error(err)
			} else if !res.Reused {
				wrote.Add(1)
			}
		})
	}
	wg.Wait()
	if wrote.Load() != 1 {
		t.Errorf("%d of 6 wrote the dataset", wrote.Load())
	}
}

func TestAllMissingPathsAreNamedAtOnce(t *testing.T) {
	cfg := prepareConfig(t, "/no/such/a.jsonl", "/no/such/b.jsonl")
	_, err := Prepare(context.Background(), cfg)
	for _, path := range []string{"/no/such/a.jsonl", "/no/such/b.jsonl"} {
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s is not named: %v", path, err)
		}
	}
}

func TestNothingAcceptedIsAnErrorThatSaysWhereAllWent(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 20))
	cfg.Sources[0].Accept = evidence.Accept{Field: "no_such_field"}
	res, err := Prepare(context.Background(), cfg)
	if !errors.Is(err, ErrNothingLeft) || !strings.Contains(err.Error(), "20 not_accepted") {
		t.Fatalf("error is %v", err)
	}
	if example := res.Manifest.Sources[0].Examples["not_accepted: unknown"]; !strings.Contains(example, "no_such_field") {
		t.Errorf("the example is %q", example)
	}
	if _, err := os.Stat(cfg.Out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty directory is left: %v", err)
	}
}

// TestMain lets a test run this binary as a prepare that it can kill or measure.
func TestMain(m *testing.M) {
	if dir := os.Getenv("MIX_TEST_PREPARE"); dir != "" {
		runChild(dir)
		return
	}
	os.Exit(m.Run())
}

// writeChildConfig hands a Config to the child; a function cannot travel.
func writeChildConfig(t testing.TB, dir string, cfg Config) {
	t.Helper()
	data, err := json.Marshal(struct {
		Config
		Progress any `json:",omitempty"`
		ReadFile any `json:",omitempty"`
		InUse    any `json:",omitempty"`
	}{Config: cfg})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func runChild(dir string) {
	var cfg Config
	data, err := os.ReadFile(filepath.Join(dir, "config.json"))
	if err == nil {
		err = json.Unmarshal(data, &cfg)
	}
	if err == nil {
		slow := func(p Progress) {
			fmt.Printf("%s %d\n", p.Stage, p.Done)
			time.Sleep(time.Millisecond)
		}
		if os.Getenv("MIX_TEST_QUIET") == "" {
			cfg.Progress = slow
		}
		_, err = Prepare(context.Background(), cfg)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestAKilledPrepareLeavesNoManifestAndTheNextFinishes(t *testing.T) {
	dir := t.TempDir()
	cfg := prepareConfig(t, writeSource(t, dir, "a.jsonl", 150))
	writeChildConfig(t, dir, cfg)
	for _, stage := range []string{"read", "write"} {
		killDuring(t, dir, stage)
		if _, err := OpenDataset(cfg.Out); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("killed while it would %s, it left a dataset: %v", stage, err)
		}
	}
	mustPrepare(t, cfg)
	killed := readDir(t, cfg.Out)
	cfg.Out = filepath.Join(t.TempDir(), "fresh")
	mustPrepare(t, cfg)
	for name, data := range readDir(t, cfg.Out) {
		if killed[name] != data {
			t.Errorf("%s differs from that of an undisturbed prepare", name)
		}
	}
}

// killDuring runs a prepare and kills it in the middle of a stage.
func killDuring(t *testing.T, dir, stage string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "MIX_TEST_PREPARE="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var seen string
	var n int
	for {
		if _, err := fmt.Fscanln(out, &seen, &n); err != nil {
			t.Fatalf("the prepare ended before it would %s", stage)
		}
		if seen == stage && n > 0 {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}
