package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// solving is a cell whose runs solve the first so many of n instances.
func solving(name string, n int, solved ...int) Cell {
	c := Cell{Name: name}
	for s, first := range solved {
		scores := map[string]float64{}
		for i := range n {
			scores[fmt.Sprintf("%03d", i)] = 0
			if i < first {
				scores[fmt.Sprintf("%03d", i)] = 1
			}
		}
		c.Runs = append(c.Runs, Run{Name: fmt.Sprint(name, s), Scores: scores})
	}
	return c
}

// Two arms whose seeds come to the same verdicts share their luck, so that instances do
// not vary; the difference is then as uncertain as the means of the runs are.
func TestCellsThatShareTheirLuckAreComparedByTheirRuns(t *testing.T) {
	for _, c := range []struct {
		solved []int
		half   float64 // Welch's: t of 4 degrees by the root of both variances over 3
	}{
		{[]int{22, 22, 24}, 2.7764451 * math.Sqrt(2*0.05*0.05/3/3)},
		{[]int{14, 13, 13}, 2.7764451 * math.Sqrt(2*0.025*0.025/3/3)},
	} {
		d := must(CompareCells(solving("a", 40, c.solved...), solving("b", 40, c.solved...), Options{})).Difference
		if d.Value != 0 || d.Freedom != 4 || d.Method != "hierarchical bootstrap of instances and seeds" || d.TooFew != "" {
			t.Errorf("%+v", d)
		}
		if math.Abs(d.High-c.half) > 0.15*c.half || math.Abs(d.Low+c.half) > 0.15*c.half { // draws of three runs are coarse
			t.Errorf("%s, want about %.3f to either side", d.Words, c.half)
		}
	}
}

// Whatever few seeds show, a bound is possible, and verdicts never give a certain value.
func TestBoundsOfRatesArePossible(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	for round := range 400 {
		n := 1 + r.IntN(40)
		cells := [2]Cell{}
		for side := range cells {
			var solved []int
			for range 1 + r.IntN(3) {
				solved = append(solved, r.IntN(n+1))
			}
			cells[side] = solving(string(rune('a'+side)), n, solved...)
		}
		what := fmt.Sprintf("round %d of %d instances", round, n)
		possible := func(e Estimate, low, high float64) {
			t.Helper()
			if !(low <= e.Low && e.Low <= e.Value && e.Value <= e.High && e.High <= high && e.Low < e.High) {
				t.Errorf("%s: %+v", what, e)
			}
			if (e.TooFew != "") != strings.Contains(e.Words, "interval unknown") {
				t.Errorf("%s: %+v", what, e)
			}
		}
		d := must(CompareCells(cells[0], cells[1], Options{Resamples: 200})).Difference
		possible(d.Estimate, -1, 1)
		if d.Freedom != 0 && d.Freedom < 1 {
			t.Errorf("%s: %v degrees of freedom", what, d.Freedom)
		}
		for _, c := range cells {
			possible(must(Mean(c, 0.95)), 0, 1)
			if f, err := Noise(c, 0.95); err == nil && !(f.High <= math.Max(mostDeviation, f.Value)) {
				t.Errorf("%s: %+v", what, f)
			}
		}
	}
}

func TestTwoSeedsThatDecideAreTooFew(t *testing.T) {
	c := must(CompareCells(solving("a", 40, 10, 22), solving("b", 40, 16), Options{}))
	if d := c.Difference; d.TooFew != "2 and 1 seed are too few" || d.Separable() {
		t.Errorf("%+v", d)
	}
	two := must(CompareCells(solving("a", 40, 8, 30), solving("b", 40, 10, 11), Options{}))
	if w := two.Warnings; two.Difference.TooFew == "" || len(w) != 1 || !strings.HasPrefix(w[0].Words, "2 and 2 seeds are too few to tell a from b") {
		t.Errorf("%+v", two)
	}
	if m := must(Mean(solving("a", 40, 4, 36), 0.95)); m.TooFew != "2 seeds are too few" || !strings.Contains(m.Words, "interval unknown: 2 seeds are too few") {
		t.Errorf("%+v", m)
	}
	if f := must(Noise(solving("a", 40, 10, 22), 0.95)); f.TooFew != "two runs are too few" || f.High > mostDeviation {
		t.Errorf("%+v", f)
	}
	// Two seeds that agree are enough for a difference of many instances.
	if d := must(CompareCells(solving("a", 40, 4, 5), solving("b", 40, 36, 37), Options{})).Difference; !d.Separable() || d.TooFew != "" {
		t.Errorf("%+v", d)
	}
}

func TestVerdictsThatNeverVaryHaveWilsonsInterval(t *testing.T) {
	for _, solved := range []int{0, 40} {
		m, one := must(Mean(solving("a", 40, solved, solved, solved), 0.95)), must(Wilson(solved, 40, 0.95))
		if m.Low != one.Low || m.High != one.High {
			t.Errorf("%+v, of one run %+v", m, one)
		}
	}
}

// Of few discordant instances a bootstrap leaves zero out where McNemar's test would not.
func TestAnIntervalLeavesZeroOutOnlyWhereTheTestDoes(t *testing.T) {
	a, b := solving("a", 40, 10).Runs[0], solving("b", 40, 14).Runs[0]
	c := must(Compare(a, b, Options{}))
	if alone := must(Difference(must(Pair(a, b)), Options{})); !alone.Separable() || c.Difference.Separable() || c.Difference.High != alone.High || !strings.Contains(c.Difference.Words, "interval 0.0 to") {
		t.Errorf("%+v, by the bootstrap alone %+v", c.Difference, alone)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for round := range 200 {
		c := must(Compare(randomRun(r, "a", 4+round%30, round%2 == 0), randomRun(r, "b", 4+round%30, round%2 == 0), Options{Resamples: 300}))
		if (c.Difference.Separable() || c.Test.Separable()) && c.Test.P >= 0.05 {
			t.Errorf("%s; p %v", c.Difference.Words, c.Test.P)
		}
	}
}

func TestCountsInWarningsHaveSeparators(t *testing.T) {
	if w := (Tokens{First: 28_020_000, Second: 56_040_000}).Differ("half", "all"); !strings.HasPrefix(w[0].Words, "half trained on 28,020,000 tokens and all on 56,040,000, 50 % apart") {
		t.Error(w[0].Words)
	}
}
