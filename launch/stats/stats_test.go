package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// randomRun draws verdicts, or scores.
func randomRun(r *rand.Rand, name string, n int, verdicts bool) Run {
	scores := make([]float64, n)
	for i := range scores {
		scores[i] = r.NormFloat64()
		if verdicts {
			scores[i] = float64(r.IntN(2))
		}
	}
	return scored(name, scores)
}

// turned fails where the two are not each other with the sign turned.
func turned(t *testing.T, a, b Estimate) {
	t.Helper()
	for _, d := range []float64{a.Value + b.Value, a.Low + b.High, a.High + b.Low} {
		if math.Abs(d) > 1e-9 {
			t.Errorf("%q and %q are not each other turned round", a.Words, b.Words)
		}
	}
}

func TestExchangedRunsTurnTheSign(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for round := range 20 {
		a, b := randomRun(r, "a", 40+round, round%2 == 0), randomRun(r, "b", 40+round, round%2 == 0)
		there, back := must(Compare(a, b, Options{Resamples: 500})), must(Compare(b, a, Options{Resamples: 500}))
		turned(t, there.Difference, back.Difference)
		turned(t, there.Test.Estimate, back.Test.Estimate)
		turned(t, *there.Effect, *back.Effect)
		if there.Test.P != back.Test.P || !slices.Equal(there.Won, back.Lost) {
			t.Errorf("p %v and %v, won %d and lost %d", there.Test.P, back.Test.P, len(there.Won), len(back.Lost))
		}
	}
}

func TestExchangedCellsTurnTheSign(t *testing.T) {
	p := world{4, 0.02, false}.draw(rand.New(rand.NewPCG(3, 3)), 200, [2]float64{0.3, 0.4})
	back := Pooled{First: p.Second, Second: p.First, Names: p.Names, A: p.B, B: p.A}
	there, again := must(DifferencePooled(p, Options{})), must(DifferencePooled(back, Options{}))
	// The seeds of the first and of the second are drawn apart, so this holds to the
	// Monte Carlo error: about 2 % of a length at 10,000 resamples.
	length := there.High - there.Low
	if math.Abs(there.Low+again.High) > 0.06*length || math.Abs(there.High+again.Low) > 0.06*length || there.Value != -again.Value {
		t.Errorf("%s; %s", there.Words, again.Words)
	}
}

func TestOrderChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var runs []Run
	for i := range 6 {
		runs = append(runs, randomRun(r, fmt.Sprint("run", i), 60, true))
	}
	a, b := Cell{"a", runs[:3]}, Cell{"b", runs[3:]}
	want := must(CompareCells(a, b, Options{Resamples: 500}))
	slices.Reverse(a.Runs)
	b.Runs[0], b.Runs[2] = b.Runs[2], b.Runs[0]
	if got := must(CompareCells(a, b, Options{Resamples: 500})); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, then %+v", want, got)
	}
}

func TestAPairIsTheSameAloneAndInATable(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	runs := []Run{randomRun(r, "a", 80, true), randomRun(r, "b", 80, true), randomRun(r, "c", 80, true)}
	all := must(CompareAll(runs, Options{Resamples: 400}))
	alone := must(Compare(runs[1], runs[2], Options{Resamples: 400}))
	if got := all[2]; !reflect.DeepEqual(got.Difference, alone.Difference) || got.Test.P != alone.Test.P {
		t.Errorf("in a table %+v, alone %+v", got, alone)
	}
	// Another run that judged less sends each pair its own way, to the same figures.
	less := must(CompareAll(append(slices.Clone(runs), randomRun(r, "d", 30, true)), Options{Resamples: 400}))
	if !reflect.DeepEqual(less[3].Difference, alone.Difference) {
		t.Errorf("beside a shorter run %+v, alone %+v", less[3], alone)
	}
	if w := less[2].Warnings; len(w) != 1 || w[0].Doubt != OtherInstances || !strings.Contains(w[0].Words, "share 30 instances; 50 only the first") {
		t.Errorf("runs over 80 and 30 instances warn of %v", w)
	}
}

// What testdata/reference.py draws: the same on any platform, in any version of Go.
func TestDrawsNeverChange(t *testing.T) {
	d, got := newDraws(7, forInstances), []int{}
	for range 8 {
		got = append(got, d.below(500))
	}
	if want := []int{96, 308, 432, 401, 343, 20, 292, 138}; !slices.Equal(got, want) {
		t.Errorf("drew %v, always drew %v", got, want)
	}
}

func TestMoreEvidenceMakesShorterIntervals(t *testing.T) {
	last := map[string]float64{}
	shorter := func(what string, e Estimate) {
		t.Helper()
		length := e.High - e.Low
		if before, ok := last[what]; ok && length >= before {
			t.Errorf("%s: %s is not shorter than %v", what, e.Words, before)
		}
		last[what] = length
	}
	for _, n := range []int{20, 80, 320, 1280} {
		shorter("Wilson", must(Wilson(n/4, n, 0.95)))
		shorter("Clopper-Pearson", must(ClopperPearson(n/4, n, 0.95)))
		p := verdictPair(n/4, n/10, n)
		shorter("McNemar", must(McNemar(p, 0.95)).Estimate)
		shorter("bootstrap", must(Difference(p, Options{Resamples: 1000})))
		shorter("h", must(CohenH(p, 0.95)))
		shorter("d", must(PairedD(p, 0.95)))
	}
}

func TestHigherLevelsHoldLowerOnes(t *testing.T) {
	p := verdictPair(30, 20, 200)
	for _, find := range []func(float64) (Estimate, error){
		func(l float64) (Estimate, error) { return Wilson(30, 200, l) },
		func(l float64) (Estimate, error) { return ClopperPearson(30, 200, l) },
		func(l float64) (Estimate, error) { return Difference(p, Options{Level: l}) },
		func(l float64) (Estimate, error) { return PairedD(p, l) },
		func(l float64) (Estimate, error) { return CohenH(p, l) },
	} {
		narrow, wide := must(find(0.8)), must(find(0.99))
		if !(wide.Low < narrow.Low && narrow.Low < narrow.Value && narrow.Value < narrow.High && narrow.High < wide.High) {
			t.Errorf("%s is not inside %s", narrow.Words, wide.Words)
		}
	}
}

func TestMoreWinsAreLessLikelyChance(t *testing.T) {
	before := 2.0
	for won := 10; won <= 40; won++ {
		p := must(McNemar(verdictPair(won, 10, 500), 0.95))
		if p.P > before || p.MidP > p.P {
			t.Errorf("%s, mid %v; with one less %v", p.Words, p.MidP, before)
		}
		before = p.P
	}
}

// A known figure: two runs that are discordant on some 60 instances need about 16 of
// difference, and 14 do not do.
func TestSixteenInstancesSeparateTwoSmallModels(t *testing.T) {
	for won, want := range map[int]bool{37: false, 38: false, 39: true, 40: true} {
		p := must(McNemar(verdictPair(won, 62-won, 500), 0.95))
		if (p.MidP < 0.05) != want {
			t.Errorf("%s: mid p %.3f", p.Words, p.MidP)
		}
	}
}

func TestPermutationOfManyScoresIsNearTheExactOne(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	deltas := make([]float64, 16)
	for i := range deltas {
		deltas[i] = r.NormFloat64() + 0.4
	}
	exact := allSigns(deltas)
	drawn := drawnSigns(deltas, Options{Resamples: 40_000})
	if math.Abs(exact-drawn) > 5*math.Sqrt(exact*(1-exact)/40_000) {
		t.Errorf("drawn p is %v, exact is %v", drawn, exact)
	}
}

func TestNothingIsRefused(t *testing.T) {
	nan, inf := scored("nan", []float64{0, math.NaN()}), scored("inf", []float64{math.Inf(1), 1})
	fine, none := scored("fine", []float64{0, 1}), Run{Name: "none"}
	other := Run{Name: "other", Scores: map[string]float64{"elsewhere": 1}}
	for what, err := range map[string]error{
		"a score that is not a number": second(Compare(nan, fine, Options{})),
		"an infinite score":            second(Compare(fine, inf, Options{})),
		"a run without instances":      second(Compare(fine, none, Options{})),
		"runs of two benchmarks":       second(Compare(fine, other, Options{})),
		"one run":                      second(CompareAll([]Run{fine}, Options{})),
		"no runs":                      second(CompareAll(nil, Options{})),
		"no pair":                      second(Difference(Paired{}, Options{})),
		"a level of 2":                 second(Compare(fine, fine, Options{Level: 2})),
		"a level that is no number":    second(Wilson(1, 2, math.NaN())),
		"few resamples":                second(Compare(fine, fine, Options{Resamples: 5})),
		"a rate of nothing":            second(Wilson(0, 0, 0.95)),
		"more solved than instances":   second(ClopperPearson(3, 2, 0.95)),
		"an empty pair":                second(McNemar(Paired{}, 0.95)),
		"scores for McNemar":           second(McNemar(must(Pair(fine, scored("s", []float64{0.5, 1}))), 0.95)),
		"a cell of one for noise":      second(Noise(Cell{"c", []Run{fine}}, 0.95)),
		"a cell of none":               second(CompareCells(Cell{Name: "c"}, Cell{"d", []Run{fine}}, Options{})),
		"a run twice in a cell":        second(CompareCells(Cell{"c", []Run{fine, fine}}, Cell{"d", []Run{fine}}, Options{})),
		"d of equal differences":       second(PairedD(must(Pair(fine, fine)), 0.95)),
		"a probability of 2":           Correct(&Test{P: 2}),
		"a design of nothing":          second(Design{}.Smallest()),
		"a gain past 100 %":            second(Design{Instances: 5, Baseline: 0.9}.Chance(0.2)),
	} {
		if err == nil {
			t.Errorf("%s was taken", what)
		}
	}
}

// second is the error of a call.
func second[T any](_ T, err error) error { return err }

func TestEqualRunsStillHaveAnInterval(t *testing.T) {
	for _, n := range []int{1, 2, 500} {
		a := scored("a", make([]float64, n))
		c := must(Compare(a, Run{Name: "b", Scores: a.Scores}, Options{}))
		if d := c.Difference; d.Value != 0 || !(d.Low < 0 && d.High > 0) || c.Test.P != 1 {
			t.Errorf("%d equal verdicts: %s, p %v", n, d.Words, c.Test.P)
		}
		cells := must(CompareCells(Cell{"a", []Run{a, {Name: "again", Scores: a.Scores}}}, Cell{"b", []Run{a}}, Options{}))
		if d := cells.Difference; !(d.Low < 0 && d.High > 0) {
			t.Errorf("%d equal verdicts of cells: %s", n, d.Words)
		}
	}
	s := scored("a", []float64{0.5, 0.7})
	if c := must(Compare(s, Run{Name: "b", Scores: s.Scores}, Options{})); c.Effect != nil || !strings.HasPrefix(c.Difference.Method, "none") {
		t.Errorf("equal scores: %+v", c)
	}
}

func TestEveryResultStatesItsValueAndInterval(t *testing.T) {
	p := verdictPair(40, 20, 500)
	pool := world{3, 0.01, false}.draw(rand.New(rand.NewPCG(9, 9)), 500, [2]float64{0.3, 0.4})
	cell := cellOf("c", pool.A)
	design := Design{Instances: 500, Baseline: 0.3, Discordance: 0.16}
	for _, e := range []Estimate{
		must(Wilson(150, 500, 0.95)), must(ClopperPearson(150, 500, 0.95)), must(RateDifference(1, 500, 40, 500, 0.95)),
		must(Difference(p, Options{})), must(McNemar(p, 0.95)).Estimate, must(Permutation(p, Options{})).Estimate,
		must(CohenH(p, 0.95)), must(PairedD(p, 0.95)), must(DifferencePooled(pool, Options{})).Estimate, must(Noise(cell, 0.95)).Estimate,
		must(design.Smallest()), must(design.Chance(0.05)), must(design.InstancesNeeded(0.05)),
	} {
		if e.N == 0 || e.Method == "" || e.Level == 0 || !(e.Low <= e.Value && e.Value <= e.High) || e.Low == e.High {
			t.Errorf("%+v", e)
		}
		stated := 0
		for _, x := range []float64{e.Value, e.Low, e.High} {
			for _, written := range []string{points(x), plain(x), percent(x), fmt.Sprint(x)} {
				if strings.Contains(e.Words, written) {
					stated++
					break
				}
			}
		}
		if stated < 3 {
			t.Errorf("%q does not state %v, %v and %v", e.Words, e.Value, e.Low, e.High)
		}
	}
}

// A page draws what a command prints as JSON, which has no word for infinity.
func TestComparisonsAreJSON(t *testing.T) {
	a := scored("a", make([]float64, 5))
	one := Cell{"one", []Run{a}}
	for _, v := range []any{must(Compare(a, a, Options{})), must(CompareCells(one, one, Options{}))} {
		if text, err := json.Marshal(v); err != nil || !strings.Contains(string(text), `"words"`) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
