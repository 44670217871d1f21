package mix

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"trainyard/format/edit"
	"trainyard/format/evidence"
	"trainyard/format/loss"
	"trainyard/mix/sample"
	"trainyard/mix/shard"
)

// again is the config with a directory of its own to write into.
func again(t testing.TB, cfg Config) Config {
	cfg.Out = filepath.Join(t.TempDir(), "out")
	return cfg
}

// checkEqual holds that two datasets have the same bytes.
func checkEqual(t testing.TB, got, want Config) {
	t.Helper()
	a, b := readDir(t, got.Out), readDir(t, want.Out)
	if names := slices.Sorted(maps.Keys(a)); !slices.Equal(names, slices.Sorted(maps.Keys(b))) {
		t.Fatalf("the files are %v", names)
	}
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s differs", name)
		}
	}
}

// Whatever dialect, output and edits: a dataset from the cache has the bytes of
// one without, its outcomes, notes and remarks too.
func TestADatasetFromTheCacheHasTheSameBytes(t *testing.T) {
	paths, err := filepath.Glob("../format/dialect/testdata/*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files of dialects: %v", err)
	}
	paths = slices.DeleteFunc(paths, func(path string) bool { return filepath.Base(path) == "fuzz" })
	for _, output := range slices.Sorted(maps.Keys(shard.Outputs)) {
		t.Run(output, func(t *testing.T) {
			t.Parallel()
			cfg := prepareConfig(t, paths...)
			cfg.Output, cfg.Flags, cfg.Window = output, true, 900
			cfg.OverWindow = map[bool]string{true: "split", false: "cut"}[shard.Outputs[output].Flags]
			cfg.Edits = []edit.Spec{{Name: "drop_tool", Args: map[string]any{"tool": "no_such_tool"}}, {Name: "redact_secrets"}}
			benchmark := filepath.Join(t.TempDir(), "ids.txt")
			put(t, filepath.Dir(benchmark), "ids.txt", "psf__requests-1766\ndjango__django-11099\n")
			cfg.Order = Order{By: "features.steps", First: sample.Most}
			cfg.Sources[0].Select = []sample.Args{{By: "best", Of: "n_messages"}}
			cfg.Sources[1].Select = []sample.Args{{By: "pass_rate", From: 0, To: 1}}
			cfg.Near, cfg.Decontaminate = 0.5, Decontamination{Files: []string{benchmark}}
			for k := range cfg.Sources {
				cfg.Sources[k].Accept = evidence.Accept{Any: true}
			}
			mustPrepare(t, cfg)
			cached := again(t, cfg)
			cached.Cache = t.TempDir()
			cold := mustPrepare(t, cached)
			if cold.Uncached != nil || cold.FromCache != 0 {
				t.Fatalf("cold: %d bytes from the cache, %v", cold.FromCache, cold.Uncached)
			}
			checkEqual(t, cached, cfg)
			for _, workers := range []int{1, 7} {
				warm := again(t, cached)
				warm.Workers = workers
				if res := mustPrepare(t, warm); res.Read != 0 {
					t.Errorf("warm: %d bytes were read again", res.Read)
				}
				checkEqual(t, warm, cfg)
			}
		})
	}
}

func TestAnotherMixOfTheSameFilesReadsNothing(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 60), writeSource(t, t.TempDir(), "b.jsonl", 40))
	cfg.Cache = t.TempDir()
	mustPrepare(t, cfg)
	mixes := map[string]func(*Config){
		"a budget":           func(c *Config) { c.Sampler, c.Budget = "proportional", 20 },
		"shares":             func(c *Config) { c.Sampler, c.Sources[0].Share = "shares", 3 },
		"a seed":             func(c *Config) { c.Seed = 99 },
		"a window":           func(c *Config) { c.Window = 1500 },
		"fewer sources":      func(c *Config) { c.Sources = c.Sources[1:] },
		"another validation": func(c *Config) { c.Validation = 0.5 },
	}
	for name, change := range mixes {
		t.Run(name, func(t *testing.T) {
			other := again(t, cfg)
			other.Sources = slices.Clone(cfg.Sources)
			change(&other)
			plain := again(t, other)
			plain.Cache = ""
			mustPrepare(t, plain)
			if res := mustPrepare(t, other); res.Read != 0 {
				t.Errorf("%d bytes were read", res.Read)
			}
			checkEqual(t, other, plain)
		})
	}
}

func TestWhatChangesARowIsAnotherPreparation(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "system.txt", "You are an agent.\n")
	put(t, dir, "ids.txt", "a__b-1\n")
	cfg := prepareConfig(t, writeSource(t, dir, "a.jsonl", 20))
	cfg.Sources[0].Inputs[0].Path, cfg.Sources[0].Inputs[0].Given = filepath.Join(dir, "a.jsonl"), "a.jsonl"
	cfg.Cache, cfg.Output = t.TempDir(), "tokens"
	mustPrepare(t, cfg)
	changes := map[string]func(*Config){
		"template":  func(c *Config) { c.Template = "qwen3" },
		"tools":     func(c *Config) { c.Tools = "qwen" },
		"output":    func(c *Config) { c.Output = "messages" },
		"task":      func(c *Config) { c.Sources[0].Task = "other" },
		"keep":      func(c *Config) { c.Sources[0].Keep = "n_steps > 1" },
		"accept":    func(c *Config) { c.Sources[0].Accept = evidence.Accept{Any: true} },
		"edits":     func(c *Config) { c.Edits = []edit.Spec{{Name: "strip_crlf"}} },
		"reasoning": func(c *Config) { c.Reasoning = "drop" },
		"spans":     func(c *Config) { c.Convention = "trl" },
		"system":    func(c *Config) { c.Sources[0].System = filepath.Join(dir, "system.txt") },
		"loss":      func(c *Config) { c.Loss = loss.Spec{"last": 2} },
		"flags":     func(c *Config) { c.Flags = true },
		"near":      func(c *Config) { c.Near = 0.8 },
		"benchmark": func(c *Config) { c.Decontaminate.Files = []string{filepath.Join(dir, "ids.txt")} },
		"cut":       func(c *Config) { c.OverWindow = "cut" },
		"repo":      func(c *Config) { c.Sources[0].Repo = "a/b" },
		"teacher":   func(c *Config) { c.Sources[0].Teacher = "t" },
		"feature":   func(c *Config) { c.Order.By = "features.steps" },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			other := again(t, cfg)
			other.Sources = slices.Clone(cfg.Sources)
			change(&other)
			if res := mustPrepare(t, other); res.FromCache != 0 {
				t.Errorf("%d bytes came from the cache", res.FromCache)
			}
		})
	}
	system := again(t, cfg)
	system.Sources = slices.Clone(cfg.Sources)
	changes["system"](&system)
	put(t, dir, "system.txt", "You are another.\n")
	if res := mustPrepare(t, system); res.FromCache != 0 {
		t.Error("a changed file beside the data was not noticed")
	}
}

// Every field of a Config and a Source is in the key of a preparation, or is
// known to change no row.
func TestTheKeyOfAPreparationLeavesNothingOut(t *testing.T) {
	said := map[string]bool{}
	for f := range fields(reflect.TypeFor[preparation]()) {
		said[f] = true
	}
	elsewhere := map[string]string{
		"Name": "Source", "ToolPrompt": "Prompt", "Inputs": "the name and the files of a part", "GivenReport": "the names of files, put in place last",
	}
	planning := strings.Fields("Recipe YAML ReadFile Sources Sampler Unit Budget Seed ValidationSeed Strict Packing Unique Validation Out Replace InUse Cache Workers DryRun Progress PerInstance Share Amounts Order Amount Most Select PerRepo PerTeacher Reference Images SetupCost")
	for _, of := range []reflect.Type{reflect.TypeFor[Config](), reflect.TypeFor[Source]()} {
		for f := range fields(of) {
			if _, other := elsewhere[f]; !said[f] && !other && !slices.Contains(planning, f) {
				t.Errorf("%s.%s is not in the key: a change of it would give rows of before", of.Name(), f)
			}
		}
	}
}

func fields(of reflect.Type) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i := range of.NumField() {
			if !yield(of.Field(i).Name) {
				return
			}
		}
	}
}

func TestAnAddedOrChangedFileAloneIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	for n := range 5 {
		writeSource(t, dir, fmt.Sprintf("%d.jsonl", n), 10+n)
	}
	cfg := prepareConfig(t, dir)
	cfg.Cache = t.TempDir()
	mustPrepare(t, cfg)
	size := func(name string) int64 {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	check := func(what, read string) {
		t.Helper()
		other := again(t, cfg)
		plain := again(t, cfg)
		plain.Cache = ""
		mustPrepare(t, plain)
		if res := mustPrepare(t, other); res.Read != size(read) {
			t.Errorf("%s: %d bytes were read, the file has %d", what, res.Read, size(read))
		}
		checkEqual(t, other, plain)
	}
	writeSource(t, dir, "25.jsonl", 17)
	check("added", "25.jsonl")
	text, err := os.ReadFile(filepath.Join(dir, "3.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "3.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "3.jsonl", string(bytes.Replace(text, []byte(`"resolved":true`), []byte(`"resolved":null`), 1)))
	if size("3.jsonl") != info.Size() {
		t.Fatal("the rewritten file has another size")
	}
	if err := os.Chtimes(filepath.Join(dir, "3.jsonl"), info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	check("rewritten with its size and time", "3.jsonl")
}

// Sessions that go on in a new file are superseded by it: what the cache has of
// the old one is not served then.
func TestARecordThatAnotherFileSupersedesIsNotServed(t *testing.T) {
	dir := t.TempDir()
	turns := func(n int) string {
		var messages []map[string]string
		for i := range n {
			messages = append(messages, map[string]string{"role": "user", "content": fmt.Sprint("question ", i)}, map[string]string{"role": "assistant", "content": fmt.Sprint("answer ", i)})
		}
		line, err := json.Marshal(map[string]any{"instance_id": "a__b-1", "messages": messages, "resolved": true})
		if err != nil {
			t.Fatal(err)
		}
		return string(line) + "\n"
	}
	put(t, dir, "1.jsonl", turns(3))
	cfg := prepareConfig(t, dir)
	cfg.Validation, cfg.Cache = 0, t.TempDir()
	mustPrepare(t, cfg)
	put(t, dir, "2.jsonl", turns(5))
	plain := again(t, cfg)
	plain.Cache = ""
	mustPrepare(t, plain)
	cfg = again(t, cfg)
	mustPrepare(t, cfg)
	checkEqual(t, cfg, plain)
}

func TestConcurrentPreparesShareTheCache(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 80))
	mustPrepare(t, cfg)
	cached := cfg
	cached.Cache = t.TempDir()
	var wait sync.WaitGroup
	var read [6]int64
	for i := range read {
		wait.Go(func() {
			mine := again(t, cached)
			res, err := Prepare(context.Background(), mine)
			if err != nil {
				t.Error(err)
				return
			}
			read[i] = res.Read
			checkEqual(t, mine, cfg)
		})
	}
	wait.Wait()
	slices.Sort(read[:])
	if read[4] != 0 || read[5] == 0 {
		t.Errorf("the file was read by more than one: %v bytes", read)
	}
}

// Whichever byte of the cache is damaged or missing, the dataset is the same.
func TestADamagedCacheCostsTimeAndNoRow(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 30))
	mustPrepare(t, cfg)
	cached := again(t, cfg)
	cached.Cache = t.TempDir()
	mustPrepare(t, cached)
	files, err := filepath.Glob(filepath.Join(cached.Cache, "*", "*.*"))
	if err != nil || len(files) != 6 { // of rows, and of which records hold others
		t.Fatalf("the cache holds %v", files)
	}
	for _, file := range files {
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(whole) == 0 { // no rows
			continue
		}
		for _, at := range []int{0, 1, 30, len(whole) / 2, len(whole) - 4, len(whole) - 1} {
			for how, damaged := range map[string][]byte{
				"cut": whole[:at], "flipped": append(append(slices.Clone(whole[:at]), whole[at]^0x55), whole[at+1:]...), "longer": append(slices.Clone(whole), 0),
			} {
				if err := os.WriteFile(file, damaged, 0o644); err != nil {
					t.Fatal(err)
				}
				other := again(t, cached)
				mustPrepare(t, other)
				checkEqual(t, other, cfg)
				if t.Failed() {
					t.Fatalf("%s %s at %d", filepath.Base(file), how, at)
				}
				if err := os.WriteFile(file, whole, 0o644); err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
			}
		}
	}
}

func TestAKilledPrepareLeavesACacheThatServesNothingWrong(t *testing.T) {
	dir := t.TempDir()
	cfg := prepareConfig(t, writeSource(t, dir, "a.jsonl", 150), writeSource(t, dir, "b.jsonl", 100))
	plain := again(t, cfg)
	mustPrepare(t, plain)
	cfg.Cache = t.TempDir()
	writeChildConfig(t, dir, cfg)
	for _, stage := range []string{"read", "read", "write"} {
		killDuring(t, dir, stage)
	}
	res := mustPrepare(t, cfg)
	if res.FromCache == 0 {
		t.Error("what was read to its end is not served")
	}
	checkEqual(t, cfg, plain)
}

// A prepare goes on without a cache that cannot be written, and says why.
func TestACacheThatCannotBeWrittenIsDoneWithout(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 30))
	mustPrepare(t, cfg)
	cached := again(t, cfg)
	put(t, t.TempDir(), "x", "")
	cached.Cache = filepath.Join(cfg.Sources[0].Inputs[0].Path, "below a file")
	if res := mustPrepare(t, cached); res.Uncached == nil {
		t.Error("nothing is told")
	}
	checkEqual(t, cached, cfg)
}

func TestADryRunReadsTheCacheAndWritesNothing(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 30))
	cfg.Cache, cfg.DryRun = filepath.Join(t.TempDir(), "cache"), true
	mustPrepare(t, cfg)
	if _, err := os.Stat(cfg.Cache); !os.IsNotExist(err) {
		t.Fatalf("a dry run made the cache: %v", err)
	}
	cfg.DryRun = false
	mustPrepare(t, cfg)
	before := listing(t, cfg.Cache)
	dry := again(t, cfg)
	dry.DryRun = true
	if res := mustPrepare(t, dry); res.Read != 0 {
		t.Errorf("%d bytes were read again", res.Read)
	}
	if after := listing(t, cfg.Cache); after != before {
		t.Errorf("before\n%safter\n%s", before, after)
	}
}

// listing tells names, sizes and times of all below dir.
func listing(t *testing.T, dir string) string {
	t.Helper()
	out, err := exec.Command("find", dir, "-printf", "%p %s %T@\n").Output()
	if err != nil {
		t.Skip("find does not print times here:", err)
	}
	return string(out)
}
