package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// simulated is a cell whose seeds differ by a deviation and whose instances are solved
// by chance.
func simulated(name string, seeds, n int, rate, deviation float64, r *rand.Rand) Cell {
	c := Cell{Name: name}
	for s := range seeds {
		of, scores := rate+deviation*r.NormFloat64(), map[string]float64{}
		for i := range n {
			scores[fmt.Sprint(i)] = 0
			if r.Float64() < of {
				scores[fmt.Sprint(i)] = 1
			}
		}
		c.Runs = append(c.Runs, Run{Name: fmt.Sprint(name, s), Scores: scores})
	}
	return c
}

// The probability and the interval say the same at every level that the draws can show.
func TestAPooledProbabilityIsThatOfItsInterval(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for i := range 20 {
		a, b := simulated("a", 1+i%3, 200, 0.3, 0.02, r), simulated("b", 1+i%4, 200, 0.3+0.01*float64(i%8), 0.02, r)
		p, err := Pool(a, b)
		if err != nil {
			t.Fatal(err)
		}
		for _, level := range []float64{0.5, 0.8, 0.9, 0.95, 0.99} {
			d, err := DifferencePooled(p, Options{Level: level, Resamples: 2000})
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(d.P-(1-level)) > 1e-6 && d.Separable() != (d.P < 1-level) {
				t.Errorf("case %d at %v: p is %v, and the interval %v to %v", i, level, d.P, d.Low, d.High)
			}
		}
	}
}

func TestComparedWithTheFirstAloneFiguresAreTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{50, 60} { // all alike, and one with other instances
		runs := slices.Concat(simulated("a", 3, 50, 0.3, 0, r).Runs, simulated("b", 1, n, 0.5, 0, r).Runs)
		all, err := CompareAll(runs, Options{Resamples: 500})
		first, errFirst := CompareFirst(runs, Options{Resamples: 500})
		if err != nil || errFirst != nil || len(first) != 3 {
			t.Fatal(len(first), err, errFirst)
		}
		for i, c := range first {
			if same := all[i]; c.Difference != same.Difference || c.Test.P != same.Test.P || *c.Test.Holm > *same.Test.Holm {
				t.Errorf("%+v\nis not\n%+v", c.Test, same.Test)
			}
		}
	}
	if _, err := CompareFirst(nil, Options{}); err == nil {
		t.Error("nothing was compared")
	}
}

// The closed form and the draws are of one model.
func TestTheMeanOfACellHasTheIntervalThatItsDifferenceFromNothingHas(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2))
	nothing := simulated("nothing", 1, 400, 0, 0, r)
	for i := range 6 {
		c := simulated("c", 2+i, 400, 0.2, 0.03, r)
		m := meanOf(c.over(shared(c.Runs)), 0.95)
		if whole, err := Mean(c, 0.95); err != nil || whole.Low != max(0, m.Low) || whole.High != min(1, m.High) {
			t.Errorf("%+v, %v", whole, err)
		}
		d, err := CompareCells(nothing, c, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if length := m.High - m.Low; math.Abs(m.Value-d.Difference.Value) > 1e-12 || math.Abs(m.Low-d.Difference.Low) > 0.1*length || math.Abs(m.High-d.Difference.High) > 0.1*length {
			t.Errorf("%d seeds: %+v, drawn %v to %v", 2+i, m, d.Difference.Low, d.Difference.High)
		}
	}
}

// Published: 32.4 % of 500 is 162 solved.
func TestTheMeanOfOneRunIsWilsonsRate(t *testing.T) {
	scores := map[string]float64{}
	for i := range 500 {
		scores[fmt.Sprint(i)] = 0
		if i < 162 {
			scores[fmt.Sprint(i)] = 1
		}
	}
	m, err := Mean(Cell{"32B Hybrid-Gym", []Run{{Name: "one", Scores: scores}}}, 0.95)
	if w := must(Wilson(162, 500, 0.95)); err != nil || m != w {
		t.Errorf("%+v, %v, want %+v", m, err, w)
	}
	if _, err := Mean(Cell{Name: "none"}, 0.95); err == nil {
		t.Error("a cell without runs has a mean")
	}
	if m, err := Mean(Cell{"one", []Run{{Name: "a", Scores: map[string]float64{"x": 0.25}}}}, 0.95); err != nil || m.Low != 0.25 || m.High != 0.25 {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestTheNoiseOfSeveralCellsIsTheirVariancesTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	a, b, lone := simulated("a", 3, 100, 0.3, 0.05, r), simulated("b", 2, 100, 0.6, 0.05, r), simulated("c", 1, 100, 0.5, 0, r)
	both, err := NoiseOver([]Cell{a, lone, b}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	ofA, ofB := must(Noise(a, 0.95)), must(Noise(b, 0.95))
	if want := math.Sqrt((2*ofA.Value*ofA.Value + ofB.Value*ofB.Value) / 3); math.Abs(both.Value-want) > 1e-12 || both.N != 5 {
		t.Errorf("%v over %d, want %v", both.Value, both.N, want)
	}
	if alone := must(NoiseOver([]Cell{a}, 0.95)); alone.Low != ofA.Low || alone.High != ofA.High {
		t.Errorf("%+v, want %+v", alone, ofA)
	}
	if _, err := NoiseOver([]Cell{lone}, 0.95); err == nil {
		t.Error("one run shows noise")
	}
}
