package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// reference is what testdata/reference.py made with scipy and statsmodels.
type reference struct {
	Versions    map[string]string
	Proportions []struct {
		Solved, N     int
		Level         float64
		Wilson, Exact [2]float64
	}
	McNemar []struct {
		Won, Lost, N int
		Exact, Mid   float64
		Interval     [2]float64
	}
	Corrections []struct{ Ps, Holm, BH []float64 }
	Bootstrap   []struct {
		Name             string
		A, B             []float64
		Seed             uint64
		Resamples        int
		Level            float64
		Value, Low, High float64
	}
	Permutation []struct {
		A, B []float64
		P    float64
	}
	Power []struct {
		N                                          int
		Discordance, Gain, Power, Needed, Smallest float64
		Exact                                      struct{ Exact, Mid float64 }
	}
	Effects []struct {
		Name string
		A, B []float64
		D    [3]float64
		H    *[3]float64
	}
	Pooled []struct {
		Name               string
		A, B               [][]float64
		Seed               uint64
		Resamples          int
		Low, High, Freedom float64
		Spreads            [2]struct{ Between, Luck, Low, High float64 }
	}
	Rates []struct {
		First, N, Second, M int
		Interval            [2]float64
	}
}

func readReference(t *testing.T) (ref reference) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	for _, rows := range []int{len(ref.Proportions), len(ref.McNemar), len(ref.Corrections), len(ref.Bootstrap), len(ref.Permutation),
		len(ref.Power), len(ref.Effects), len(ref.Pooled), len(ref.Rates)} {
		if rows == 0 {
			t.Fatal("a part of the reference is empty: run testdata/reference.py again")
		}
	}
	for _, library := range []string{"scipy", "statsmodels", "numpy", "python"} {
		if ref.Versions[library] == "" {
			t.Errorf("the reference does not say its version of %s", library)
		}
	}
	return ref
}

// near fails where the two differ by more than 1e-9.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9) {
		t.Errorf("%s is %.15g, the reference has %.15g (apart by %.2g)", what, got, want, math.Abs(got-want))
	}
}

// must gives the value of a call that may not fail.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// scored makes a run of scores, with instances named by their place.
func scored(name string, scores []float64) Run {
	r := Run{Name: name, Scores: map[string]float64{}}
	for i, s := range scores {
		r.Scores[fmt.Sprintf("instance-%05d", i)] = s
	}
	return r
}

// verdictPair makes a pair with the given wins and losses among n instances.
func verdictPair(won, lost, n int) Paired {
	a, b := make([]float64, n), make([]float64, n)
	for i := range won {
		b[i] = 1
	}
	for i := range lost {
		a[won+i] = 1
	}
	return must(Pair(scored("a", a), scored("b", b)))
}

func TestIntervalsOfARateAreStatsmodels(t *testing.T) {
	for _, c := range readReference(t).Proportions {
		what := fmt.Sprintf("%d of %d at %v", c.Solved, c.N, c.Level)
		w := must(Wilson(c.Solved, c.N, c.Level))
		near(t, "Wilson's low of "+what, w.Low, c.Wilson[0])
		near(t, "Wilson's high of "+what, w.High, c.Wilson[1])
		e := must(ClopperPearson(c.Solved, c.N, c.Level))
		near(t, "Clopper-Pearson's low of "+what, e.Low, c.Exact[0])
		near(t, "Clopper-Pearson's high of "+what, e.High, c.Exact[1])
	}
}

func TestDifferencesOfCountsAreStatsmodels(t *testing.T) {
	for _, c := range readReference(t).Rates {
		e := must(RateDifference(c.First, c.N, c.Second, c.M, 0.95))
		near(t, "low of "+e.Words, e.Low, c.Interval[0])
		near(t, "high of "+e.Words, e.High, c.Interval[1])
	}
}

func TestMcNemarIsStatsmodels(t *testing.T) {
	for _, c := range readReference(t).McNemar {
		m := must(McNemar(verdictPair(c.Won, c.Lost, c.N), 0.95))
		if m.Won != c.Won || m.Lost != c.Lost || m.Neither != c.N-c.Won-c.Lost {
			t.Fatalf("counted %+v of %+v", m, c)
		}
		near(t, "exact p of "+m.Words, m.P, c.Exact)
		near(t, "mid p of "+m.Words, m.MidP, c.Mid)
		near(t, "low of "+m.Words, m.Low, c.Interval[0])
		near(t, "high of "+m.Words, m.High, c.Interval[1])
	}
}

func TestCorrectionsAreStatsmodels(t *testing.T) {
	for _, c := range readReference(t).Corrections {
		tests := make([]*Test, len(c.Ps))
		for i, p := range c.Ps {
			tests[i] = &Test{P: p}
		}
		if err := Correct(tests...); err != nil {
			t.Fatal(err)
		}
		for i, test := range tests {
			near(t, fmt.Sprintf("Holm's of %v in %v", test.P, c.Ps), *test.Holm, c.Holm[i])
			near(t, fmt.Sprintf("Benjamini-Hochberg's of %v in %v", test.P, c.Ps), *test.BH, c.BH[i])
		}
	}
}

// The script makes the same draws and gives their distribution to
// scipy.stats.bootstrap, so that all of the interval is compared.
func TestBootstrapIsScipysGivenTheSameDraws(t *testing.T) {
	for _, c := range readReference(t).Bootstrap {
		p := must(Pair(scored("a", c.A), scored("b", c.B)))
		e := must(Difference(p, Options{Level: c.Level, Resamples: c.Resamples, Seed: c.Seed}))
		near(t, c.Name+": value", e.Value, c.Value)
		near(t, c.Name+": low", e.Low, c.Low)
		near(t, c.Name+": high", e.High, c.High)
	}
}

func TestPermutationIsScipys(t *testing.T) {
	for _, c := range readReference(t).Permutation {
		p := must(Pair(scored("a", c.A), scored("b", c.B)))
		near(t, fmt.Sprintf("p of %v", p.deltas()), must(Permutation(p, Options{Resamples: 200})).P, c.P)
	}
}

func TestPowerIsStatsmodels(t *testing.T) {
	for _, c := range readReference(t).Power {
		d := Design{Instances: c.N, Baseline: 0.3, Discordance: c.Discordance}
		near(t, "power", must(d.Chance(c.Gain)).Value, c.Power)
		near(t, "smallest gain", must(d.Smallest()).Value, c.Smallest)
		// statsmodels' count is of one tail, whose other adds next to nothing here.
		if got := must(d.InstancesNeeded(c.Gain)).Value; got != math.Ceil(c.Needed) {
			t.Errorf("a gain of %v takes %v instances, statsmodels has %v", c.Gain, got, c.Needed)
		}
	}
}

// The normal approximation is of the mid-p test, which enumeration shows; the exact
// test needs more instances.
func TestPowerIsThatOfTheMidPTest(t *testing.T) {
	for _, c := range readReference(t).Power {
		d := Design{Instances: c.N, Baseline: 0.3, Discordance: c.Discordance}
		got := must(d.Chance(c.Gain)).Value
		if math.Abs(got-c.Exact.Mid) > 0.011 {
			t.Errorf("n %d, discordance %v, gain %v: power %.4f, by enumeration %.4f", c.N, c.Discordance, c.Gain, got, c.Exact.Mid)
		}
		if c.Exact.Exact > c.Exact.Mid {
			t.Errorf("the exact test has more power than mid-p: %+v", c.Exact)
		}
	}
}

func TestStandardisedDifferencesAreScipys(t *testing.T) {
	for _, c := range readReference(t).Effects {
		p := must(Pair(scored("a", c.A), scored("b", c.B)))
		d := must(PairedD(p, 0.95))
		near(t, c.Name+": d", d.Value, c.D[0])
		near(t, c.Name+": low of d", d.Low, c.D[1])
		near(t, c.Name+": high of d", d.High, c.D[2])
		if c.H == nil {
			continue
		}
		h := must(CohenH(p, 0.95))
		near(t, c.Name+": h", h.Value, c.H[0])
		near(t, c.Name+": low of h", h.Low, c.H[1])
		near(t, c.Name+": high of h", h.High, c.H[2])
	}
}

// cellOf makes a cell of rows of scores.
func cellOf(name string, rows [][]float64) Cell {
	c := Cell{Name: name}
	for i, row := range rows {
		c.Runs = append(c.Runs, scored(fmt.Sprintf("%s-%02d", name, i), row))
	}
	return c
}

// statsmodels' analysis of variance, scipy's quantiles and numpy's percentiles, put
// together in the script from the same draws.
func TestPooledDifferenceIsTheReferences(t *testing.T) {
	for _, c := range readReference(t).Pooled {
		p := must(Pool(cellOf("a", c.A), cellOf("b", c.B)))
		for i, rows := range [][][]float64{c.A, c.B} {
			s := spreadOf(rows)
			near(t, c.Name+": variance between runs", s.between, c.Spreads[i].Between)
			near(t, c.Name+": variance of luck", s.luck, c.Spreads[i].Luck)
			n := must(Noise(cellOf("c", rows), 0.95))
			near(t, c.Name+": low of the noise floor", n.Low, c.Spreads[i].Low)
			near(t, c.Name+": high of the noise floor", n.High, c.Spreads[i].High)
		}
		d := must(DifferencePooled(p, Options{Resamples: c.Resamples, Seed: c.Seed}))
		near(t, c.Name+": freedom", d.Freedom, c.Freedom)
		near(t, c.Name+": low", d.Low, c.Low)
		near(t, c.Name+": high", d.High, c.High)
	}
}
