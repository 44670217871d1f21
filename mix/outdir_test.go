package mix

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format/evidence"
)

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func TestNothingButOurOwnIsEverRemoved(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 60)
	for name, foreign := range map[string][]string{
		"a shard of someone's beside a lock": {".lock", "train-mine.parquet"},
		"a data set of the hub":              {"train-00000-of-00001.parquet", "validation-00000-of-00001.parquet"},
		"one beside a lock":                  {".lock", "train-00000-of-00001.parquet"},
		"one beside a work directory":        {".prepare/spool", "train-00000-of-00001.parquet"},
		"a recipe":                           {"recipe.yaml"},
		"a lock that is no lock":             {".lock=mine"},
		"a work directory that is a file":    {".prepare"},
	} {
		cfg := prepareConfig(t, path)
		for _, f := range foreign {
			file, text, _ := strings.Cut(f, "=")
			put(t, cfg.Out, file, text)
		}
		if _, err := Prepare(t.Context(), cfg); !errors.Is(err, ErrOccupied) {
			t.Errorf("%s: %v", name, err)
		}
		for _, f := range foreign {
			file, text, _ := strings.Cut(f, "=")
			if file == ".lock" && text == "" || file == ".prepare/spool" {
				continue
			}
			if data, err := os.ReadFile(filepath.Join(cfg.Out, file)); err != nil || string(data) != text {
				t.Errorf("%s: %s is %q: %v", name, file, data, err)
			}
		}
	}
}

func TestAFileOfTheUsersBesideADatasetIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	cfg := prepareConfig(t, writeSource(t, dir, "a.jsonl", 60))
	mustPrepare(t, cfg)
	put(t, cfg.Out, ".prepare", "mine")
	put(t, cfg.Out, "train-my-own.parquet", "mine")
	if !mustPrepare(t, cfg).Reused {
		t.Error("the dataset is not found beside a file of the user's")
	}
	if data, err := os.ReadFile(filepath.Join(cfg.Out, ".prepare")); err != nil || string(data) != "mine" {
		t.Errorf("the user's .prepare is %q: %v", data, err)
	}
	os.Remove(filepath.Join(cfg.Out, ".prepare"))
	writeSource(t, dir, "a.jsonl", 61)
	cfg.Replace = true
	if _, err := Prepare(t.Context(), cfg); !errors.Is(err, ErrOccupied) || !strings.Contains(err.Error(), "train-my-own.parquet") {
		t.Errorf("the error is %v", err)
	}
	if data, err := os.ReadFile(filepath.Join(cfg.Out, "train-my-own.parquet")); err != nil || string(data) != "mine" {
		t.Errorf("it is %q: %v", data, err)
	}
}

func TestLeftoversOfAKilledPrepareBlockNothing(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 60))
	mustPrepare(t, cfg)
	whole := readDir(t, cfg.Out)
	for name, leave := range map[string]func(){
		"a temporary recipe":   func() { put(t, cfg.Out, "recipe.yaml.tmp", "x") },
		"a temporary manifest": func() { put(t, cfg.Out, "manifest.json.tmp", "x") },
		"a spool and a lock":   func() { put(t, cfg.Out, ".prepare/spool", "x"); put(t, cfg.Out, ".lock", "") },
		"a journal":            func() { put(t, cfg.Out, ".prepare/publishing.json", `["outcomes.jsonl"]`) },
	} {
		leave()
		if !mustPrepare(t, cfg).Reused {
			t.Errorf("%s: the dataset is made anew", name)
		}
		for _, gone := range []string{workDir, lockName} {
			if _, err := os.Lstat(filepath.Join(cfg.Out, gone)); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: %s is left", name, gone)
			}
		}
		cfg.Recipe.Data = "another"
		if _, err := Prepare(t.Context(), cfg); !errors.Is(err, ErrOccupied) {
			t.Errorf("%s: another recipe gives %v", name, err)
		}
		cfg.Recipe.Data = "d"
	}
	whole["recipe.yaml.tmp"], whole["manifest.json.tmp"] = "the user's", "this too"
	put(t, cfg.Out, "recipe.yaml.tmp", "the user's")
	put(t, cfg.Out, "manifest.json.tmp", "this too")
	if err := os.Truncate(filepath.Join(cfg.Out, "recipe.yaml"), 3); err != nil {
		t.Fatal(err)
	}
	mustPrepare(t, cfg)
	if !maps.Equal(whole, readDir(t, cfg.Out)) {
		t.Errorf("after a repair it holds %v", slices.Sorted(maps.Keys(readDir(t, cfg.Out))))
	}
}

// TestAPublishingThatStoppedAnywhereIsFinishedByTheNext puts the directory into
// every state between two steps of publish.
func TestAPublishingThatStoppedAnywhereIsFinishedByTheNext(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 60))
	m := mustPrepare(t, cfg).Manifest
	whole := readDir(t, cfg.Out)
	files := m.files()
	for moved := range len(files) + 1 {
		put(t, cfg.Out, lockName, "")
		if err := os.MkdirAll(filepath.Join(cfg.Out, workDir), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := writeJournal(cfg.Out, files); err != nil {
			t.Fatal(err)
		}
		err := os.Rename(filepath.Join(cfg.Out, ManifestFile), filepath.Join(cfg.Out, workDir, ManifestFile))
		for _, f := range files[moved:] {
			err = errors.Join(err, os.Rename(filepath.Join(cfg.Out, f), filepath.Join(cfg.Out, workDir, f)))
		}
		if err != nil {
			t.Fatal(err)
		}
		if mustPrepare(t, cfg).Reused {
			t.Error("an unfinished dataset was taken")
		}
		if !maps.Equal(whole, readDir(t, cfg.Out)) {
			t.Errorf("with %d of %d files in place, it holds %v", moved, len(files), slices.Sorted(maps.Keys(readDir(t, cfg.Out))))
		}
	}
}

func TestAFailedPublishingLeavesNothing(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 60))
	out, err := claim(t.Context(), &cfg, &inputs{})
	if err != nil {
		t.Fatal(err)
	}
	m := &Manifest{Format: manifestFormat, Outcomes: FileDigest{File: "outcomes.jsonl"}, RecipeFile: FileDigest{File: "gone"}}
	if _, err := out.work(); err != nil {
		t.Fatal(err)
	}
	put(t, cfg.Out, ".prepare/outcomes.jsonl", "x")
	if err := out.publish(m); err == nil {
		t.Fatal("a file that is not there was put into place")
	}
	out.release()
	if _, err := os.Stat(cfg.Out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it left %v", readDir(t, cfg.Out))
	}
}

func TestADatasetInUseIsNotWrittenOver(t *testing.T) {
	dir := t.TempDir()
	cfg := prepareConfig(t, writeSource(t, dir, "a.jsonl", 60))
	used := errors.New("run 1234 reads it")
	cfg.InUse = func(string) error { return used }
	mustPrepare(t, cfg) // there is nothing to take away
	before := readDir(t, cfg.Out)
	if !mustPrepare(t, cfg).Reused {
		t.Error("the same is not found")
	}
	writeSource(t, dir, "a.jsonl", 61)
	cfg.Replace = true
	if _, err := Prepare(t.Context(), cfg); !errors.Is(err, used) || !errors.Is(err, ErrOccupied) {
		t.Errorf("the error is %v", err)
	}
	asked := 0 // a run begins while the inputs are read
	cfg.InUse = func(string) error {
		if asked++; asked > 1 {
			return used
		}
		return nil
	}
	if _, err := Prepare(t.Context(), cfg); !errors.Is(err, used) {
		t.Errorf("with a run that began meanwhile, the error is %v", err)
	}
	if !maps.Equal(before, readDir(t, cfg.Out)) {
		t.Error("it was touched")
	}
	cfg.InUse = nil
	if mustPrepare(t, cfg).Reused {
		t.Error("nothing uses it, and it is not replaced")
	}
}

func TestAnotherVersionsDatasetIsReplacedOnlyWhenAsked(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 60))
	m := mustPrepare(t, cfg).Manifest
	m.Pipeline--
	if err := m.write(cfg.Out); err != nil {
		t.Fatal(err)
	}
	if _, err := Prepare(context.Background(), cfg); !errors.Is(err, ErrOccupied) || !strings.Contains(err.Error(), "another version") {
		t.Errorf("the error is %v", err)
	}
	cfg.Replace = true
	if mustPrepare(t, cfg).Manifest.Pipeline != Pipeline {
		t.Error("it was not replaced")
	}
}

// TestADryRunTouchesNothing holds for the output, the input and the directory
// that the test runs in.
func TestADryRunTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	cfg := prepareConfig(t, writeSource(t, dir, "a.jsonl", 60))
	cfg.Sources[0].Accept, cfg.DryRun, cfg.Out = evidence.Accept{Any: true}, true, filepath.Join(dir, "out")
	before, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	mustPrepare(t, cfg)
	after, err := os.Stat(dir)
	if err != nil || !before.ModTime().Equal(after.ModTime()) || len(readDir(t, dir)) != 1 {
		t.Errorf("the directory holds %v: %v", slices.Sorted(maps.Keys(readDir(t, dir))), err)
	}
}
