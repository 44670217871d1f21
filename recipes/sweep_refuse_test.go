package recipes

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// An !unset in a value of the block is for the cells, as an override on the command line is.
func TestACellMayLackWhatTheRecipeSays(t *testing.T) {
	for _, block := range []string{
		"arms: [{name: all}, {name: few, set: {sources.func_gen: !unset , train.batch: !unset }}]",
		"arms: [{name: all}, {name: few, set: {sources: {func_gen: !unset }, train: {batch: !unset , lora: {rank: 8}}}}]",
		"zip: [[{key: train.lr, values: [1e-5, 2e-5]}, {key: train.batch, values: [4, !unset ]}]]",
		"matrix: [{key: train.batch, values: [4, !unset ]}]",
		"include: [{train.seed: 1}, {train.batch: !unset }]",
		"matrix: [{key: train.batch, values: [4, !unset , 8]}]\n  exclude: [{train.batch: 8}]",
		"matrix: [{key: train.batch, values: [4, 8, !unset ]}]\n  exclude: [{train.batch: !unset }]\n  include: [{train.batch: !unset }]",
	} {
		s, err := loadSweepText(t, "name: s\nextends: demo\nsweep:\n  "+block+"\n")
		if err != nil {
			t.Errorf("%s: %v", block, err)
			continue
		}
		last := s.Cells[len(s.Cells)-1]
		if usual := last.Recipe.Train.Batch; usual == 4 || strings.Contains(block, "sources") && len(last.Recipe.Sources) != 3 {
			t.Errorf("%s: %s has a batch of %d and %d sources", block, last.Name, usual, len(last.Recipe.Sources))
		}
	}
}

func TestAFileThatExtendsASweepTakesKeysOutOfIt(t *testing.T) {
	s, err := loadSweepText(t, "name: s\nextends: mixes-demo\nsweep:\n  arms: [{name: quarter, set: {mix.fraction: !unset , train.lr: 1e-3}}]\n  seeds: [1]\n")
	if err != nil || s.Cells[0].Recipe.Mix.Fraction == 0.25 || !slices.Equal(s.Cells[0].Overrides, []string{"train.lr=1e-3", "train.seed=1"}) {
		t.Fatalf("%v, %+v", err, s)
	}
	for _, c := range [][2]string{
		{"arms: [{name: quarter, set: !unset }]\n  matrix: !unset", "sweep.matrix: !unset removes nothing"},
		{"arms: [{name: few, set: {train.batch: !unset four}}]", `"four" after !unset`},
	} {
		if _, err := loadSweepText(t, "name: s\nextends: mixes-demo\nsweep:\n  "+c[0]+"\n"); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %s", c[0], err, c[1])
		}
	}
}

func TestAValueMayStandTwiceBesideOthers(t *testing.T) {
	s, err := loadSweepText(t, "name: s\nextends: demo\nsweep:\n  zip: [[{key: train.lr, values: [1e-5, 1e-5]}, {key: train.batch, values: [4, 8]}]]\n")
	if err != nil || len(s.Cells) != 2 {
		t.Errorf("%v", err)
	}
}

func TestABlockThatCannotBeMeantIsAFault(t *testing.T) {
	hundred := "1"
	for i := 2; i <= 100; i++ {
		hundred += fmt.Sprint(", ", i)
	}
	axis := func(key string) string { return "{key: " + key + ", values: [" + hundred + "]}" }
	for _, c := range [][2]string{
		{"zip: [[{key: train.lr, values: [1e-5, 2e-5]}, {key: train.lr, values: [3e-5, 4e-5]}]]", `"train.lr" is on two axes (a key is on one axis, and once in a zip group)`},
		{"mixes: [{by: dirichlet, count: 2, seed: 1}, {by: dirichlet, count: 2, seed: 2}]", `sweep.mixes.dirichlet: makes another mix "mix-001" than the series before`},
		{"matrix: [" + axis("train.max_steps") + ", " + axis("mix.seed") + ", " + axis("train.batch") + "]", "its axes have more than 200000 combinations, and a sweep has at most 2000 cells"},
		{"matrix: [{key: train, values: [{epochs: 2}, {batch: !unset }]}]", "sweep.matrix[0].values[1]: has an !unset inside (name the key that it removes: train.KEY)"},
		{"seeds: [1, 2, 1.0]", "sweep.seeds: 1.0 stands there twice (name it once; repeat: 2 has every cell run twice)"},
		{"zip: [[{key: train.lr, values: [1e-5, 1e-5]}, {key: train.batch, values: [4, 4]}]]", "sweep.zip[0]: train.lr=1e-5, train.batch=4 stands there twice"},
		{"matrix: [{key: train.lora, values: [{rank: 4}, {rank: 8}]}, {key: train.lora.rank, values: [16]}]", `"train.lora.rank" and "train.lora" are on axes, and one is a part of the other`},
		{"seeds: [1]\n  stop: {worse: -1}", "-1 is not a number of 0 or more"},
		{"benchmarks: [{name: ours, instances: 0}]\n  seeds: [1]", "0 is not a number from 1 to 16777216"},
		{"matrix: []", "sweep.matrix: has nothing in it"},
		{"seeds: []", "sweep.seeds: has nothing in it"},
		{"exclude: [{}]\n  seeds: [1]", "sweep.exclude[0]: has no keys in it"},
		{"include: [{arm: b}]", `no arm is named "b" (there is none)`},
	} {
		_, err := loadSweepText(t, "name: s\nextends: demo\nsweep:\n  "+c[0]+"\n")
		if err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%.60s: %v, want %s", c[0], err, c[1])
		}
	}
}
