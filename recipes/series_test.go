package recipes

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSeriesOfMixesAreRecipesThatLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "three.yaml")
	if err := os.WriteFile(path, []byte(three), 0o600); err != nil {
		t.Fatal(err)
	}
	o := SeriesOptions{Count: 3, Seed: 4, Strength: 20, Base: []string{"b"}, Fractions: []float64{0.05, 0.25, 1}}
	want := map[string]string{
		"leave-one-out": "without-a mix.drop=a; without-b mix.drop=b; without-c mix.drop=c",
		"add-one-in":    "base mix.only=[b]; with-a mix.only=[b, a]; with-c mix.only=[b, c]",
		"resample":      "seed-17 mix.seed=17 mix.validation_seed=17; seed-18 mix.seed=18 mix.validation_seed=17; seed-19 mix.seed=19 mix.validation_seed=17",
		"fractions":     "fraction-0.05 mix.fraction=0.05; fraction-0.25 mix.fraction=0.25; fraction-1 mix.fraction=1",
	}
	for name := range AllSeries {
		all, err := MakeSeries(name, path, nil, o)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, v := range all {
			lines = append(lines, v.Name+" "+strings.Join(v.Overrides, " "))
		}
		if got := strings.Join(lines, "; "); want[name] != "" && got != want[name] {
			t.Errorf("%s: got %s", name, got)
		}
	}
	more, _ := MakeSeries("dirichlet", path, nil, SeriesOptions{Count: 5, Seed: 4, Strength: 20})
	less, _ := MakeSeries("dirichlet", path, nil, o)
	if len(more) != 5 || len(less) != 3 || !slices.Equal(more[2].Overrides, less[2].Overrides) || slices.Equal(more[2].Overrides, more[1].Overrides) {
		t.Errorf("draws are %v, and with more of them %v", less, more)
	}
}

func TestASeriesThatCannotBeMadeSaysWhy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "three.yaml")
	if err := os.WriteFile(path, []byte(three), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]struct {
		name      string
		overrides []string
		o         SeriesOptions
	}{
		`did you mean "leave-one-out"`:               {"leave-one-ou", nil, SeriesOptions{}},
		"the sampler is equal, which reads no share": {"dirichlet", []string{"mix.sampler=equal"}, SeriesOptions{Count: 1, Strength: 1}},
		"a strength of 0 is not above 0":             {"dirichlet", nil, SeriesOptions{Count: 1}},
		`no source in the mix is named "x"`:          {"add-one-in", nil, SeriesOptions{Base: []string{"x"}}},
		"2 is not above 0 and up to 1":               {"fractions", nil, SeriesOptions{Fractions: []float64{2}}},
		"gives no source a part of its own":          {"leave-one-out", []string{"mix.sampler=proportional"}, SeriesOptions{}},
	} {
		if _, err := MakeSeries(c.name, path, c.overrides, c.o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", c.name, err, want)
		}
	}
}
