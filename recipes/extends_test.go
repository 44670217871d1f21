package recipes

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// write makes a directory of recipe files and returns the path of the first.
func write(t *testing.T, files ...[2]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, f[0])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f[1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, files[0][0])
}

func loadFiles(t *testing.T, files ...[2]string) *Recipe {
	t.Helper()
	r, err := Load(write(t, files...), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sourceNames(r *Recipe) string {
	var names []string
	for _, s := range r.Sources {
		names = append(names, s.Name)
	}
	return strings.Join(names, " ")
}

func TestLayersMergeDeeplyAndSourcesByName(t *testing.T) {
	r := loadFiles(t,
		[2]string{"child.yaml", `
name: child
extends: hybrid-gym-7b
sources:
  - !unset dep_search
  - {name: own, path: own.jsonl, accept: {any: true}}
  - {name: func_gen, per_instance: 5, accept: {report: r.json}}
mix: {sampler: shares}
train: {lr: 1e-4}
`})
	if got, want := sourceNames(r), "func_localize issue_localize func_gen own"; got != want {
		t.Errorf("sources are %s, want %s", got, want)
	}
	gen := r.Sources[2]
	if gen.PerInstance != 5 || gen.Path.String() != "func_gen/output.jsonl" || gen.Accept != (Accept{Report: "r.json"}) {
		t.Errorf("func_gen is %+v", gen)
	}
	if r.Train.LR != 1e-4 || r.Train.Batch != 8 || r.Mix.Sampler != "shares" || r.Mix.Validation != 0.02 {
		t.Errorf("train is %+v, mix is %+v", r.Train, r.Mix)
	}
}

func TestParentsApplyFromLeftToRight(t *testing.T) {
	r := loadFiles(t,
		[2]string{"c.yaml", "{name: c, extends: [a.yaml, sub/b.yaml], mix: {sampler: proportional, budget: 7}}"},
		[2]string{"a.yaml", "{sources: [{name: x, path: x, accept: {any: true}}], mix: {seed: 1, budget: 1}, train: {epochs: 9}}"},
		[2]string{"sub/b.yaml", "{extends: ../base.yaml, mix: {seed: 2}, train: {epochs: !unset }}"},
		[2]string{"base.yaml", "{mix: {seed: 3, unit: tokens}}"})
	if r.Mix.Seed != 2 || r.Mix.Unit != "tokens" || r.Mix.Budget.Units != 7 || r.Train.Epochs != defaults().Train.Epochs {
		t.Errorf("mix is %+v, epochs %v", r.Mix, r.Train.Epochs)
	}
	if len(r.Files) != 4 || filepath.Base(r.Files[3]) != "c.yaml" || filepath.Base(r.Files[1]) != "base.yaml" {
		t.Errorf("files are %v", r.Files)
	}
}

func TestACommonAncestorDoesNotUndoWhatAParentChanged(t *testing.T) {
	r := loadFiles(t,
		[2]string{"c.yaml", "{name: c, extends: [a.yaml, b.yaml]}"},
		[2]string{"a.yaml", "{extends: base.yaml, mix: {seed: 1}}"},
		[2]string{"b.yaml", "{extends: base.yaml, mix: {unit: tokens}}"},
		[2]string{"base.yaml", "{sources: [{name: x, path: x, accept: {any: true}}], mix: {seed: 3}}"})
	if r.Mix.Seed != 1 || r.Mix.Unit != "tokens" {
		t.Errorf("mix is %+v", r.Mix)
	}
}

func TestNameAndSummaryAreNotInherited(t *testing.T) {
	faults := faultsOf(t, "extends: demo")
	if len(faults) != 1 || faults[0].Path != "name" || faults[0].Msg != "missing" {
		t.Errorf("faults are %v", faults)
	}
	if r := mustLoad(t, "{name: mine, extends: demo}"); r.Summary != "" {
		t.Errorf("summary is %q", r.Summary)
	}
}

func TestListsWithoutNamesAreReplaced(t *testing.T) {
	r := loadFiles(t,
		[2]string{"c.yaml", "{name: c, extends: p.yaml, train: {params: {a: [3], stages: [{name: one, x: 2}, {name: two}]}}}"},
		[2]string{"p.yaml", "{sources: [{name: x, path: x, accept: {any: true}}], train: {params: {a: [1, 2], b: 1, stages: [{name: one, x: 1, y: 1}]}}}"})
	want := map[string]any{"a": []any{int64(3)}, "b": int64(1), "stages": []any{
		map[string]any{"name": "one", "x": int64(2), "y": int64(1)}, map[string]any{"name": "two"}}}
	if !reflect.DeepEqual(r.Train.Params, want) {
		t.Errorf("params are %v, want %v", r.Train.Params, want)
	}
}

func TestALongChainOfFilesEnds(t *testing.T) {
	files := [][2]string{}
	for i := range maxFiles + 1 {
		files = append(files, [2]string{fmt.Sprintf("%d.yaml", i), fmt.Sprintf("{name: n, extends: %d.yaml}", i+1)})
	}
	_, err := Load(write(t, files...), nil)
	if err == nil || !strings.Contains(err.Error(), "more than 32 files") {
		t.Errorf("error is %v", err)
	}
}

func TestAFileThroughALinkIsTheSameFile(t *testing.T) {
	path := write(t, [2]string{"a.yaml", "{name: a, extends: link.yaml}"})
	if err := os.Symlink("a.yaml", filepath.Join(filepath.Dir(path), "link.yaml")); err != nil {
		t.Skip(err)
	}
	_, err := Load(path, nil)
	if err == nil || !strings.Contains(err.Error(), "extends itself") {
		t.Errorf("error is %v", err)
	}
}

func TestABuiltInNameWinsAndAPathIsAlwaysAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("demo", []byte(small), 0o644); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{"demo": "demo", "./demo": "small"} {
		r, err := Load(ref, nil)
		if err != nil || r.Name != want {
			t.Errorf("Load(%q) = %v, %v, want %s", ref, r, err, want)
		}
	}
}

func TestAnUnknownRecipeIsAnsweredWithWhatThereIs(t *testing.T) {
	_, err := Load("dmo", nil)
	want := `no recipe "dmo": neither a file nor built in (did you mean "demo"? trainyard list recipes names those built in)`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if _, err := Load(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a directory gives %v", err)
	}
	if _, err := Load("/dev/zero", nil); err == nil || !strings.Contains(err.Error(), "is a device: not a regular file") {
		t.Errorf("a device gives %v", err)
	}
}
