package yard

import (
	"math"
	"testing"

	"trainyard/recipes"
)

// A plan goes by what a comparison shows: the last checkpoint, and the mean over the seeds
// of its evaluation. What judged some instances alone says nothing of the benchmark.
func TestWhatWasJudgedBeforeIsReadAsComparisonsReadIt(t *testing.T) {
	y := newCompareYard(t, "r")
	number := func(n int64) *int64 { return &n }
	for _, one := range []struct {
		letters    string
		step, seed *int64
	}{
		{"uuuu", number(10), nil},
		{"rruu", number(20), number(1)},
		{"ruuu", number(20), number(2)},
		{"rrr", number(30), nil},
		{"rrrr", number(5), nil},
	} {
		r := word(one.letters)
		r.Step, r.Seed = one.step, one.seed
		y.judge(t, "r", r)
	}
	past, err := y.pastJudged(t.Context(), &SweepPlan{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := past.on(t.Context(), recipes.Benchmark{Name: "ants", Instances: 4})
	if err != nil || found.runs != 1 || found.own || math.Abs(found.mean-0.375) > 1e-12 {
		t.Errorf("%+v, %v", found, err)
	}
	if found, err := past.on(t.Context(), recipes.Benchmark{Name: "ants", Instances: 3}); err != nil || found.mean != 1 {
		t.Errorf("%+v, %v", found, err)
	}
	if found, err := past.on(t.Context(), recipes.Benchmark{Name: "ants", Instances: 5}); err != nil || found.runs != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}
