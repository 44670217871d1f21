package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Five of 500 that none of the other side solved: the exact probability is 2 in 2^5.
func TestWhatTheExactTestLeavesOpenIsNotSeparable(t *testing.T) {
	none, five := solving("none", 500, 0).Runs[0], solving("five", 500, 5).Runs[0]
	c, err := Compare(none, five, Options{})
	if err != nil || math.Abs(c.Test.P-0.0625) > 1e-12 || c.Difference.Separable() || Separable(c.Difference, *c.Test.Holm, 0.95) {
		t.Errorf("%+v, %v", c, err)
	}
	six := solving("six", 500, 6).Runs[0]
	if c, err = Compare(none, six, Options{}); err != nil || math.Abs(c.Test.P-2./64) > 1e-12 || !c.Difference.Separable() || !Separable(c.Difference, *c.Test.Holm, 0.95) {
		t.Errorf("%+v, %v", c, err)
	}
	// Of three that are told together the same difference is one of chance.
	all, err := CompareFirst([]Run{none, six, {Name: "again", Scores: six.Scores}, {Name: "third", Scores: six.Scores}}, Options{})
	if err != nil || len(all) != 3 || !all[0].Difference.Separable() || Separable(all[0].Difference, *all[0].Test.Holm, 0.95) {
		t.Errorf("%+v, %v", all, err)
	}
}

// Seven runs of one recipe: of comparisons of six with the first at most one in twenty may
// tell any apart.
func TestRunsOfOneRecipeAreRarelyToldApart(t *testing.T) {
	draw, apart := rand.New(rand.NewPCG(1, 2)), 0
	const trials = 200
	for range trials {
		var runs []Run
		for i := range 7 {
			r := Run{Name: fmt.Sprint(i), Scores: map[string]float64{}}
			for k := range 60 {
				if r.Scores[fmt.Sprint(k)] = 0; draw.Float64() < 0.3 {
					r.Scores[fmt.Sprint(k)] = 1
				}
			}
			runs = append(runs, r)
		}
		all, err := CompareFirst(runs, Options{Resamples: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			if Separable(c.Difference, *c.Test.Holm, 0.95) {
				apart++
				break
			}
		}
	}
	if apart > trials/20 {
		t.Errorf("%d of %d", apart, trials)
	}
}

func TestTheProbabilityOfCountsIsThatOfTheirInterval(t *testing.T) {
	for _, c := range [][4]int{{162, 500, 168, 500}, {103, 500, 172, 500}, {0, 20, 6, 20}, {0, 20, 5, 20}, {10, 10, 0, 10}} {
		test, err := RateTest(c[0], c[1], c[2], c[3], 0.95)
		if err != nil || test.Estimate.Separable() != (test.P < 0.05) || !(test.P > 0 && test.P <= 1) {
			t.Errorf("%v: %+v, %v", c, test, err)
		}
		if edge, err := RateDifference(c[0], c[1], c[2], c[3], 1-test.P); err != nil || test.P > 1e-9 && math.Min(math.Abs(edge.Low), math.Abs(edge.High)) > 1e-6 {
			t.Errorf("%v: at its own level the interval of %v ends at %v and %v, %v", c, test.P, edge.Low, edge.High, err)
		}
	}
	if test, err := RateTest(3, 9, 3, 9, 0.95); err != nil || test.P != 1 {
		t.Errorf("%+v, %v", test, err)
	}
}

func TestAStandardisedDifferenceDoesNotContradictTheTest(t *testing.T) {
	for n := 1; n < 40; n++ {
		for won := 0; won <= n; won++ {
			c, err := Compare(solving("a", n, 0).Runs[0], solving("b", n, won).Runs[0], Options{Resamples: 100})
			if err != nil {
				t.Fatal(err)
			}
			if n < fewestForEffect && c.Effect != nil {
				t.Errorf("%d of %d won: %+v", won, n, c.Effect)
			}
			if c.Effect != nil && c.Effect.Separable() && c.Test.P >= 0.05 {
				t.Errorf("%d of %d won, p %v: %+v", won, n, c.Test.P, c.Effect)
			}
		}
	}
}
