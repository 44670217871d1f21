package recipes

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func loadSweepText(t *testing.T, text string) (*Sweep, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return LoadSweep(path, Options{})
}

func cellNames(s *Sweep) (all []string) {
	for _, c := range s.Cells {
		all = append(all, c.Name)
	}
	return all
}

func TestASweepHasTheCellsOfItsBlock(t *testing.T) {
	for _, c := range []struct {
		name, block string
		want        []string
	}{
		{"matrix and seeds", "matrix: [{key: train.lr, values: [1e-5, 5e-5]}]\n  seeds: [1, 2]", []string{"lr=1e-5,seed=1", "lr=1e-5,seed=2", "lr=5e-5,seed=1", "lr=5e-5,seed=2"}},
		{"keys that end alike", "matrix: [{key: mix.seed, values: [1]}, {key: train.seed, values: [2]}]", []string{"mix.seed=1,train.seed=2"}},
		{"zip", "zip: [[{key: train.lr, values: [1e-5, 5e-5]}, {key: train.batch, values: [4, 8]}]]", []string{"lr=1e-5,batch=4", "lr=5e-5,batch=8"}},
		{"arms", "arms: [{name: few, set: {mix.fraction: 0.5}}, {name: all}]", []string{"few", "all"}},
		{"arms, an axis and an exclude", "arms: [{name: few, set: {mix.fraction: 0.5}}, {name: all}]\n  seeds: [1, 2]\n  exclude: [{arm: few, train.seed: 2}]", []string{"few,seed=1", "all,seed=1", "all,seed=2"}},
		{"an include adds to an arm", "arms: [{name: few}, {name: all}]\n  include: [{arm: few, train.batch: 2}]", []string{"few,batch=2", "all"}},
		{"leave one out", "mixes: {by: leave-one-out}", []string{"without-func_localize", "without-issue_localize", "without-dep_search", "without-func_gen"}},
		{"two series", "mixes: [{by: fractions, fractions: [0.05, 0.5]}, {by: resample, count: 2}]", []string{"fraction-0.05", "fraction-0.5", "seed-17", "seed-18"}},
		{"repeats", "repeat: 2", []string{"base#1", "base#2"}},
		{"a list is one value", "matrix: [{key: train.lora.targets, values: [[q_proj, v_proj], all]}]", []string{`targets=["q_proj", "v_proj"]`, "targets=all"}},
	} {
		s, err := loadSweepText(t, "name: s\nextends: demo\nsweep:\n  "+c.block+"\n")
		if strings.Contains(c.block, "lora") && err != nil {
			s, err = loadSweepText(t, "name: s\nextends: demo\ntrain.method: lora\nsweep:\n  "+c.block+"\n")
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := cellNames(s); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCellsThatDifferByTheSeedAloneAreOneGroup(t *testing.T) {
	s, err := loadSweepText(t, "name: s\nextends: demo\nsweep:\n  arms: [{name: few}, {name: all}]\n  matrix: [{key: train.lr, values: [1e-5]}]\n  seeds: [1, 2]\n  repeat: 2\n")
	if err != nil {
		t.Fatal(err)
	}
	groups := map[string]int{}
	for _, c := range s.Cells {
		groups[c.Group]++
		if want := []Axis{{"arm", c.Arm}, {"train.lr", "1e-5"}, {SeedKey, c.Axes[len(c.Axes)-1].Value}}; !slices.Equal(c.Axes, want) {
			t.Errorf("%s has the axes %v", c.Name, c.Axes)
		}
	}
	if groups["few,lr=1e-5"] != 4 || groups["all,lr=1e-5"] != 4 || len(groups) != 2 {
		t.Errorf("%v", groups)
	}
}

func TestACellIsTheRecipeWithItsOverrides(t *testing.T) {
	s, err := loadSweepText(t, "name: s\nextends: demo\nsweep:\n  arms: [{name: few, set: {mix.fraction: 0.5}}]\n  matrix: [{key: train.lr, values: [1e-4]}]\n  seeds: [7]\n")
	if err != nil {
		t.Fatal(err)
	}
	c := s.Cells[0]
	if !slices.Equal(c.Overrides, []string{"mix.fraction=0.5", "train.lr=1e-4", "train.seed=7"}) {
		t.Errorf("%q", c.Overrides)
	}
	same, err := Load("demo", c.Overrides)
	if err != nil || same.Fingerprint() != c.Recipe.Fingerprint() {
		t.Errorf("the cell is another recipe than demo with its overrides, %v", err)
	}
	if seeds, err := loadSweepText(t, "name: s\nextends: demo\nsweep: {seeds: [1, 2]}\n"); err != nil || seeds.Cells[0].Recipe.DataFingerprint() != seeds.Cells[1].Recipe.DataFingerprint() {
		t.Errorf("cells of two seeds have two datasets, %v", err)
	}
}

func TestAnArmPutsARecipeBelowTheSweep(t *testing.T) {
	s, err := loadSweepText(t, "name: s\nextends: hybrid-gym-7b\ntrain.epochs: 2\nsweep:\n  arms: [{name: small, recipe: hybrid-gym-5-percent}, {name: whole}]\n")
	if err != nil {
		t.Fatal(err)
	}
	small, whole := s.Cells[0].Recipe, s.Cells[1].Recipe
	if small.Mix.Fraction != 0.05 || whole.Mix.Fraction != 1 || small.Train.Epochs != 2 || small.Name != "s" {
		t.Errorf("fraction %v and %v, %v epochs, name %s", small.Mix.Fraction, whole.Mix.Fraction, small.Train.Epochs, small.Name)
	}
}

func TestASweepIsInheritedAndChanged(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("parent.yaml", "name: parent\nextends: demo\nsweep:\n  arms: [{name: a}, {name: b, set: {train.batch: 2}}]\n  seeds: [1]\n")
	s, err := LoadSweep(write("child.yaml", "name: child\nextends: parent.yaml\nsweep:\n  arms: [!unset a, {name: c, set: {train.batch: 8}}]\n  seeds: [2]\n"), Options{})
	if err != nil || !slices.Equal(cellNames(s), []string{"b,seed=2", "c,seed=2"}) {
		t.Errorf("%v, %v", s, err)
	}
	r, err := Load(filepath.Join(dir, "child.yaml"), nil)
	plain, _ := Load("demo", nil)
	if err != nil || r.Fingerprint() != plain.Fingerprint() {
		t.Errorf("a sweep block changes the recipe: %v", err)
	}
}

func TestASweepsFaultsComeAtOnceWithTheirPlaces(t *testing.T) {
	_, err := loadSweepText(t, `name: s
extends: demo
sweep:
  matrix:
    - {key: train.lrr, values: [1e-5]}
    - {key: train.batch, values: [four, 4, 4]}
  zip:
    - [{key: train.epochs, values: [1, 2]}, {key: mix.fraction, values: [0.5]}]
  arms: [{name: a}, {name: a, recipe: hybrid-gim}]
  exclude: [{train.bach: 4}]
  include: [{arm: b}]
  repeat: 0
  stages: [{name: a, top: 3}, {name: b, set: {train.bach: 4}, by: eval:frogs, tp: 1}]
  matrx: []
`)
	if err == nil {
		t.Fatal("no fault")
	}
	for _, want := range []string{
		`s.yaml:5:`, `train.lrr`, `did you mean "lr"`, `"four" is not an integer`, `4 stands there twice`,
		`1 values beside 2`, `a second arm is named "a"`, `no recipe "hybrid-gim"`, `is on no axis (did you mean "train.batch"`, `no arm is named "b"`,
		`0 is not a number from 1 to 1000`, `the first stage runs every variant`, `sweep.stages.b.tp: unknown key (did you mean "top"`, `train.bach`, `does not say which variants go on`, `"eval:frogs" is unknown (the recipe has no eval: to go by`, `sweep.matrx: unknown key (did you mean "matrix"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		if !strings.Contains(line, "s.yaml:") {
			t.Errorf("without a place: %s", line)
		}
	}
}

func TestASweepsExcludeThatMatchesNothingIsAFault(t *testing.T) {
	_, err := loadSweepText(t, "name: s\nextends: demo\nsweep:\n  seeds: [1, 2]\n  exclude: [{train.seed: 3}]\n")
	if err == nil || !strings.Contains(err.Error(), "s.yaml:5:13: sweep.exclude[0]: matches no combination") {
		t.Errorf("%v", err)
	}
	if _, err := loadSweepText(t, "name: s\nextends: demo\nsweep:\n  seeds: [1, 2]\n  exclude: [{train.seed: 1.0}]\n"); err != nil {
		t.Errorf("1.0 is 1: %v", err)
	}
}

func TestACellsOwnFaultsPointIntoTheBlock(t *testing.T) {
	_, err := loadSweepText(t, "name: s\nextends: demo\nsweep:\n  matrix:\n    - {key: mix.window, values: [1024, 65536]}\n  seeds: [1, 2]\n")
	if err == nil || strings.Count(err.Error(), "\n") > 0 || !strings.Contains(err.Error(), "s.yaml:5:") {
		t.Errorf("%v", err)
	}
}

func TestARecipeWithoutABlockIsNoSweep(t *testing.T) {
	if _, err := LoadSweep("demo", Options{}); err == nil || !strings.Contains(err.Error(), "sweep: missing") {
		t.Errorf("%v", err)
	}
}

func TestEveryBuiltInSweepIsOne(t *testing.T) {
	for _, info := range ListSweeps() {
		s, err := LoadSweep(info.Name, Options{})
		if err != nil {
			t.Errorf("%s: %v", info.Name, err)
			continue
		}
		if s.Name != info.Name || info.Summary == "" || len(s.Cells) < 4 {
			t.Errorf("%s calls itself %s, %q, and has %d cells", info.Name, s.Name, info.Summary, len(s.Cells))
		}
	}
}

// A sweep that has no faults has no cell twice by name, and every cell's recipe is the
// one that its overrides make.
func TestNoTwoCellsHaveOneName(t *testing.T) {
	s, err := loadSweepText(t, "name: s\nextends: demo\nsweep:\n  arms: [{name: a, set: {train.batch: 2}}, {name: b}]\n  mixes: {by: dirichlet, count: 3, strength: 9}\n  include: [{train.batch: 8}, {train.batch: 8}]\n  repeat: 2\n")
	if err != nil {
		t.Fatal(err)
	}
	names, before := map[string]bool{}, 0
	for _, c := range s.Cells {
		names[c.Name] = true
		r, err := LoadWith("demo", Options{Overrides: c.Overrides})
		if err != nil || r.Fingerprint() != c.Recipe.Fingerprint() {
			t.Errorf("%s: %v", c.Name, err)
		}
		before++
	}
	if len(names) != before || before != 12 {
		t.Errorf("%d names of %d cells", len(names), before)
	}
}

// The paper's experiments carry what a plan and a table need: benchmarks with their
// sizes, several seeds of every arm, and the published figures with their source.
func TestEverySweepOfThePaperSaysWhatItIsJudgedBy(t *testing.T) {
	for _, info := range ListSweeps() {
		if !strings.HasPrefix(info.Name, "hybrid-gym") {
			continue
		}
		s, err := LoadSweep(info.Name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Benchmarks) != 3 || s.Benchmarks[0] != (Benchmark{Name: "swe-bench_verified", Instances: 500, Source: s.Benchmarks[0].Source}) || s.Benchmarks[1].Instances != 433 || !s.Benchmarks[2].Scores {
			t.Errorf("%s is judged on %+v", s.Name, s.Benchmarks)
		}
		groups := map[string]int{}
		for _, c := range s.Cells {
			groups[c.Group]++
			if c.Arm == "" || c.Group != c.Arm {
				t.Errorf("%s: %s is of the group %q and the arm %q", s.Name, c.Name, c.Group, c.Arm)
			}
		}
		for group, n := range groups {
			if n != 3 {
				t.Errorf("%s: %d seeds of %s", s.Name, n, group)
			}
		}
		if base, known := Figure(s.Published[0].Figures, "SWE-bench Verified"); !strings.Contains(s.Source, "2602.16819") || !known || base != 1.8 {
			t.Errorf("%s: published by %q: %+v", s.Name, s.Source, s.Published)
		}
	}
}

// Every rate is a count of the instances that the benchmark is said to have, to the two
// decimals of the paper.
func TestPublishedRatesAreCountsOfTheBenchmarksInstances(t *testing.T) {
	checked := 0
	check := func(s *Sweep, who string, figures []Published) {
		for _, p := range figures {
			i := slices.IndexFunc(s.Benchmarks, func(j Benchmark) bool { return j.Name == p.Name })
			if s.Benchmarks[i].Scores {
				continue
			}
			n := float64(s.Benchmarks[i].Instances)
			if solved := math.Round(p.Value * n / 100); math.Abs(100*solved/n-p.Value) > 0.005+1e-9 {
				t.Errorf("%s: %s: %v %% is no count of %v on %s", s.Name, who, p.Value, n, p.Name)
			}
			checked++
		}
	}
	for _, info := range ListSweeps() {
		s, err := LoadSweep(info.Name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range s.Cells {
			check(s, c.Name, c.Published)
		}
		for _, r := range s.Published {
			check(s, r.Name, r.Figures)
		}
	}
	if checked < 50 {
		t.Errorf("%d figures", checked)
	}
}

func TestBenchmarksOfASweepAreRead(t *testing.T) {
	s, err := loadSweepText(t, `name: s
extends: demo
sweep:
  seeds: [1, 2]
  repeat: 2
  matrix: [{key: train.lr, values: [1e-5, 5e-5]}]
  benchmarks: [{name: SWE-bench_Verified, instances: 100, baseline: 12.5}, {name: our own, instances: 40}]
  published: {source: us, rows: [{name: base, figures: [{name: our own, value: 30}]}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	if a := s.Benchmarks[0]; a.Name != "swe-bench_verified" || a.Instances != 100 || *a.Baseline != 12.5 || s.Benchmarks[1].Name != "our-own" || s.Source != "us" {
		t.Errorf("%+v, %q", s.Benchmarks, s.Source)
	}
	groups := map[string]int{}
	for _, c := range s.Cells {
		groups[c.Group]++
	}
	if groups["lr=1e-5"] != 4 || groups["lr=5e-5"] != 4 {
		t.Errorf("%v", groups)
	}
}

func TestASweepIsJudgedOnTheBenchmarksOfItsEvaluations(t *testing.T) {
	s, err := loadSweepText(t, `name: s
extends: demo
eval: [{name: verified, command: [judge], benchmark: SWE-bench_Verified}, {name: ours, command: [judge], benchmark: ours}, {name: silent, command: [judge]}]
sweep: {seeds: [1, 2]}
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Benchmarks) != 2 || s.Benchmarks[0].Name != "swe-bench_verified" || s.Benchmarks[0].Instances != 500 || s.Benchmarks[1].Name != "ours" || s.Benchmarks[1].Instances != 0 {
		t.Errorf("%+v", s.Benchmarks)
	}
}

func TestFaultsOfBenchmarksPointToThem(t *testing.T) {
	_, err := loadSweepText(t, `name: s
extends: demo
sweep:
  seeds: [1]
  benchmarks:
    - {name: swe-bench_verifed}
    - {name: swe-bench_lite, instanses: 3, baseline: 120}
  arms: [{name: a, published: [{name: swe-bench_light, value: 3}]}]
  published: {rows: [{name: base}]}
`)
	if err == nil {
		t.Fatal("no fault")
	}
	for _, want := range []string{
		`s.yaml:6:7: sweep.benchmarks.swe-bench_verifed: "swe-bench_verifed" is no benchmark whose size is known`, `did you mean "swe-bench_verified"`,
		`instanses: unknown key (did you mean "instances"`, `120 is not a number from 0 to 100`,
		`a figure on "swe-bench_light", which is none of the sweep's benchmarks (did you mean "swe-bench_lite"`, `lacks a name or figures`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
}

func TestEveryStageHasEveryCombination(t *testing.T) {
	s, err := loadSweepText(t, `name: s
extends: demo
eval: [{name: e, command: x}]
sweep:
  matrix: [{key: train.lr, values: [1e-5, 2e-5]}]
  seeds: [1, 2]
  stages:
    - {name: small}
    - {name: large, set: {train.epochs: 9}, top: 1, by: eval:e}
    - {name: longest, set: {train.epochs: 99}, better: 2.5, by: loss}
`)
	if err != nil || len(s.Cells) != 12 || len(s.Stages) != 3 {
		t.Fatalf("%v, %+v", err, s)
	}
	c := s.Cells[5]
	if c.Name != "large/lr=1e-5,seed=2" || c.Group != "large/lr=1e-5" || c.Variant != "lr=1e-5" || c.Stage != 1 || c.Recipe.Train.Epochs != 9 || c.Axes[0] != (Axis{"stage", "large"}) {
		t.Errorf("%+v", c)
	}
	if l := s.Stages[1]; l.Name != "large" || l.Top != 1 || l.By != "eval:e" || !l.Highest || l.Better != nil {
		t.Errorf("%+v", l)
	}
	if l := s.Stages[2]; l.Top != 0 || *l.Better != 2.5 || l.Highest {
		t.Errorf("%+v", l)
	}
}
