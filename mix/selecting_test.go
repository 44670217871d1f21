package mix

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"trainyard/mix/sample"
)

// armAndPool are rows of an arm, s0, and of a larger pool of other lengths, s1.
func armAndPool(r *rand.Rand) []row {
	var rows []row
	for i := range 150 {
		rows = append(rows, row{source: 0, id: fmt.Sprint("a", i), repo: fmt.Sprint("o/r", r.IntN(6)), tokens: 6000 + r.IntN(4000)})
	}
	for i := range 3000 {
		rows = append(rows, row{source: 1, id: fmt.Sprint("p", i), repo: fmt.Sprint("o/r", r.IntN(12)), tokens: 1000 + r.IntN(30_000)})
	}
	return rows
}

func TestAControlIsMatchedToAReferenceThatIsInNoShard(t *testing.T) {
	cfg := selectionConfig("shares", Trajectories, 0)
	cfg.Validation = 0.1
	cfg.Sources[0].Reference, cfg.Sources[0].Amount = true, sample.Amount{By: sample.ByTake, N: 80}
	cfg.Sources[1].Select = []sample.Args{{By: sample.Matched, With: []string{"s0"}}}
	cfg.Sources[1].Amount = sample.Amount{By: sample.ByEpochs, N: 1}
	w := worldOf(armAndPool(rand.New(rand.NewPCG(1, 1))))
	p := planned(t, cfg, w)
	line := p.Mix[1]
	if len(p.Train) != 80 || line.Got.Records != 80 || p.Mix[0].Got.Records != 0 || p.Mix[0].Reference.Records != 80 {
		t.Fatalf("%d rows; reference %+v, control %+v", len(p.Train), p.Mix[0], line)
	}
	if m := line.Match; math.Abs(m.Differences["n_tokens"]) > 0.1 || m.Groups["repo"] < 0.95 || m.Arm.Records != 80 {
		t.Errorf("%+v", m)
	}
	for _, i := range slices.Concat(p.Train, p.Validation) {
		if w.items[i].Source == 0 {
			t.Fatal("a row of the reference is in the dataset")
		}
	}
	reasons := map[string]int{}
	for e := range w.entries.all() {
		if e.Outcome == NotSampled {
			reasons[e.Source+" "+e.Reason]++
		}
	}
	if reasons["s0 reference"] != 150 || reasons["s1 matched"] == 0 {
		t.Errorf("%v", reasons)
	}
}

func TestSelectionsAreOfTheTrainSideAndValidationHasTheSame(t *testing.T) {
	cfg := selectionConfig("all", Trajectories, 0)
	cfg.Validation = 0.2
	cfg.Sources[0].Select = []sample.Args{{By: "quantile", Of: "n_tokens", To: 0.25}}
	cfg.Sources[1].Select, cfg.Sources[1].PerInstance = []sample.Args{{By: "ranked", Of: "n_tokens"}}, 1
	cfg.Sources[1].PerRepo = 3
	w := worldOf(many(rand.New(rand.NewPCG(2, 1)), 2000, true))
	p := planned(t, cfg, w)
	repos, longest, lost := map[int32]int{}, int32(0), map[string]bool{}
	for _, i := range slices.Concat(p.Train, p.Validation) {
		it := &w.items[i]
		if it.Source == 0 {
			longest = max(longest, it.Tokens)
		} else if repos[it.Repo]++; repos[it.Repo] > 3 {
			t.Fatal("a repository has four rows of s1")
		}
	}
	for e := range w.entries.all() {
		lost[string(e.Outcome)+" "+e.Reason] = true
	}
	if longest > 9500 || len(p.Validation) < 50 { // lengths are even from 1,000 to 31,000
		t.Errorf("the longest of the shortest quarter has %d tokens; %d rows of validation", longest, len(p.Validation))
	}
	for _, reason := range []string{"not_sampled quantile", "not_sampled per_repo", "duplicate instance"} {
		if !lost[reason] {
			t.Errorf("nothing is %s: %v", reason, lost)
		}
	}
}

func TestTheOrderOfRecordsChangesNoSelection(t *testing.T) {
	for _, step := range []sample.Args{
		{By: "random", Count: 2}, {By: "quantile", Of: "n_tokens", From: 0.5, To: 1}, {By: "repositories", Want: "max", Count: 150}, {By: "repositories", Want: "min", Count: 150},
		{By: "whole", Count: 200}, {By: "teachers"}, {By: "best", Of: "n_tokens"}, {By: "split", Of: "n_steps", Side: "high", On: []string{"n_tokens"}}, {By: sample.Matched, With: []string{"s1"}},
	} {
		cfg := selectionConfig("all", Trajectories, 0)
		cfg.Sources[0].Select = []sample.Args{step}
		cfg.Sources[1].Amount = sample.Amount{By: sample.ByTake, N: 60}
		rows := many(rand.New(rand.NewPCG(3, 1)), 2000, true)
		var before map[string]bool
		for range 2 {
			w := worldOf(rows)
			for i := range w.items {
				w.items[i].Steps = w.items[i].Tokens % 40
			}
			planned(t, cfg, w)
			kept := w.outcomes(Kept)
			if before != nil && (lost(before, kept) > 0 || lost(kept, before) > 0) {
				t.Errorf("%s: %d of %d are others in another order", step.By, lost(before, kept), len(before))
			}
			before = kept
			rand.New(rand.NewPCG(4, 1)).Shuffle(len(rows), func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
		}
	}
}

func TestTrainRowsStandInTheOrderAskedFor(t *testing.T) {
	cfg := selectionConfig("all", Trajectories, 0)
	cfg.Order = Order{By: "difficulty", First: sample.Most, Stages: []string{"s1"}}
	w := worldOf(many(rand.New(rand.NewPCG(5, 1)), 500, true))
	column := make([]float64, len(w.items))
	for i := range column {
		column[i] = float64(i % 7)
		if i%10 == 0 {
			column[i] = math.NaN()
		}
	}
	w.known.columns = map[string][]float64{"difficulty": column}
	p := planned(t, cfg, w)
	rank := func(i int32) float64 {
		at := float64(1-w.items[i].Source) * 100
		if math.IsNaN(column[i]) {
			return at + 50
		}
		return at - column[i]
	}
	shuffled := 0
	for n := 1; n < len(p.Train); n++ {
		a, b := p.Train[n-1], p.Train[n]
		if rank(a) > rank(b) {
			t.Fatalf("row %d stands before one that comes first", n-1)
		}
		if a > b {
			shuffled++
		}
	}
	if shuffled < 100 {
		t.Errorf("rows of one value are not shuffled: %d", shuffled)
	}
}
