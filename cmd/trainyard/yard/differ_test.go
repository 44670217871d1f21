package yard

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
)

// aRun is a run of recipe r on a dataset whose recipe has the seed.
func aRun(t *testing.T, home, id string, seed int, lr float64, params launch.Params) launch.Run {
	t.Helper()
	dir := filepath.Join(home, fmt.Sprint("r-", seed))
	text := fmt.Sprintf("{name: r, sources: [{name: a, path: a, accept: {any: true}}], mix: {seed: %d}, train: {lr: 9}}", seed)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "recipe.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return launch.Run{ID: id, Job: launch.Job{Recipe: "r", Trainer: "smoke", Backend: "local", LR: lr, Params: params, Dataset: launch.Dataset{Dir: dir}}}
}

// told writes differences, those that are usual in brackets.
func told(differs []Difference) string {
	var parts []string
	for _, d := range differs {
		word := d.Key + "=" + d.Value
		if d.Usual {
			word = "(" + word + ")"
		}
		parts = append(parts, word)
	}
	return strings.Join(parts, " ")
}

func TestWhatDiffersBetweenRunsOfOneRecipeIsNamed(t *testing.T) {
	home := t.TempDir()
	other := aRun(t, home, "other", 1, 7, nil)
	other.Job.Recipe = "elsewhere"
	y := &Yard{Home: home}
	got := y.differences([]launch.Run{
		aRun(t, home, "first", 1, 1e-5, nil),
		aRun(t, home, "rate", 1, 2e-5, launch.Params{"a": map[string]any{"b": 3}}),
		aRun(t, home, "seed", 2, 1e-5, nil),
		other,
	})
	for id, want := range map[string]string{
		"first": "(mix.seed=1) (train.lr=1e-05) (train.params.a.b=)",
		"rate":  "(mix.seed=1) train.lr=2e-05 train.params.a.b=3",
		"seed":  "mix.seed=2 (train.lr=1e-05) (train.params.a.b=)",
		"other": "",
	} {
		if told(got[id]) != want {
			t.Errorf("%s differs in %q, want %q", id, told(got[id]), want)
		}
	}
}

func TestADatasetThatIsGoneIsToldByItsName(t *testing.T) {
	home := t.TempDir()
	y := &Yard{Home: home}
	runs := []launch.Run{aRun(t, home, "a", 1, 1, nil), aRun(t, home, "b", 2, 1, nil)}
	for _, r := range runs {
		kept := filepath.Join(home, "runs", r.ID, launch.RecipeCopy)
		if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(r.Job.Dataset.Dir, "recipe.yaml"), kept); err != nil {
			t.Fatal(err)
		}
	}
	if got := told(y.differences(runs)["b"]); got != "mix.seed=2" {
		t.Errorf("with the recipe that the run keeps it is told as %q", got)
	}
	for _, r := range runs {
		if err := os.RemoveAll(filepath.Join(home, "runs", r.ID)); err != nil {
			t.Fatal(err)
		}
	}
	if got := told(y.differences(runs)["a"]); got != "dataset=r-1" {
		t.Errorf("it is told as %q", got)
	}
	if got := y.differences(runs[:1])["a"]; got != nil {
		t.Errorf("one run differs in %v", got)
	}
}
