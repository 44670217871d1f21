package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
)

// shifted are runs of which the second scores delta more on every instance.
func shifted(n int, delta func(i int) float64) (a, b Run) {
	a, b = Run{Name: "a", Scores: map[string]float64{}}, Run{Name: "b", Scores: map[string]float64{}}
	for i := range n {
		name := fmt.Sprintf("%03d", i)
		a.Scores[name] = float64(i) / 7
		b.Scores[name] = a.Scores[name] + delta(i)
	}
	return a, b
}

func comparedShifted(delta func(i int) float64) (Comparison, error) {
	a, b := shifted(30, delta)
	return Compare(a, b, Options{})
}

// Sums of floats miss what they stand for by their last bits: no deviation may be made
// of those, which would make a standardised difference of 1e15.
func TestLastBitsAreNoDeviation(t *testing.T) {
	c := must(comparedShifted(func(int) float64 { return 0.1 }))
	if c.Effect != nil || !strings.HasPrefix(c.Difference.Method, "none: all instances differ") || c.Difference.Low != c.Difference.High {
		t.Errorf("%s, standardised %+v", c.Difference.Words, c.Effect)
	}
	third := func(i int) float64 { return (0.1 + 0.2 - 0.3) * float64(i%2) }
	if c := must(comparedShifted(third)); len(c.Won)+len(c.Lost) > 0 || c.Test.P != 1 {
		t.Errorf("won %v, lost %v, p %v of what rounding made", c.Won, c.Lost, c.Test.P)
	}
}

// What is too small to be squared has no standardised difference, and no infinite one.
func TestNoFigureOfAComparisonIsInfinite(t *testing.T) {
	for _, scale := range []float64{1e-300, 1e-170, 1e-150, 1e29} {
		a, b := shifted(30, func(int) float64 { return 0 })
		for name := range a.Scores {
			a.Scores[name], b.Scores[name] = 0, scale*b.Scores[name]
		}
		if _, err := json.Marshal(must(Compare(a, b, Options{Resamples: 100}))); err != nil {
			t.Errorf("scores of %v: %v", scale, err)
		}
	}
}

// The bounds where none or all were solved have a closed form.
func TestClopperPearsonHoldsInThinTails(t *testing.T) {
	for _, n := range []int{1, 500, 50_000} {
		for _, level := range []float64{0.5, 0.95, 0.999999} {
			most := 1 - math.Pow((1-level)/2, 1/float64(n))
			none, all := must(ClopperPearson(0, n, level)), must(ClopperPearson(n, n, level))
			if math.Abs(none.High-most) > 1e-9 || math.Abs(all.Low-(1-most)) > 1e-9 {
				t.Errorf("%d instances at %v: at most %v and at least %v, want %v", n, level, none.High, all.Low, most)
			}
		}
	}
}
