package recipes

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format/goldentest"
)

// Every file of testdata/faults is wrong; the golden file beside it is the
// whole error.
func TestAllFaultsOfARecipeAreReportedAtOnce(t *testing.T) {
	files, err := filepath.Glob("testdata/faults/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test recipes: %v", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			_, err := Load(path, nil)
			golden(t, strings.TrimSuffix(path, ".yaml")+".golden", err)
		})
	}
}

func golden(t *testing.T, path string, err error) {
	t.Helper()
	if err == nil {
		t.Fatal("loaded, want faults")
	}
	goldentest.Check(t, path, filepath.ToSlash(err.Error())+"\n")
}

func TestFaultsAreSortedByPlaceAndOverridesComeLast(t *testing.T) {
	_, err := Load("testdata/faults/ranges.yaml", []string{"mix.sede=3", "mix.window=-1"})
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("error is %T, want Faults", err)
	}
	sorted := slices.IsSortedFunc(faults, func(a, b Fault) int {
		switch {
		case a.Line == 0 || b.Line == 0:
			return b.Line - a.Line
		case a.Line != b.Line:
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
	if !sorted {
		t.Errorf("not sorted:\n%v", err)
	}
	last := faults[len(faults)-1]
	if last.File != `override "mix.window=-1"` || last.Line != 0 || last.Path != "mix.window" {
		t.Errorf("last fault is %+v", last)
	}
}

func TestAFaultIsOneLineWhateverTheRecipeHolds(t *testing.T) {
	r := `{name: "a\nb", "new\nline": 1, mix: {sampler: "all\n\n"}, sources: [{name: "x\ny", path: "a\nb", accept: {"any\n": true}}]}`
	faults := faultsOf(t, r)
	if got := strings.Count(faults.Error(), "\n") + 1; got != len(faults) {
		t.Errorf("%d faults on %d lines:\n%v", len(faults), got, faults)
	}
}

func TestASuggestionIsCloseOrAbsent(t *testing.T) {
	known := []string{"seed", "sampler", "window", "over_window", "per_instance", "batch"}
	for got, want := range map[string]string{
		"sede": "seed", "Seed": "seed", "smapler": "sampler", "overwindow": "over_window",
		"per-instance": "per_instance", "batch_size": "batch", "colour": "", "": "", "s": "",
		strings.Repeat("x", 1<<20): "",
	} {
		if w := Closest(got, known); w != want {
			t.Errorf("Closest(%.20q) = %q, want %q", got, w, want)
		}
	}
}
