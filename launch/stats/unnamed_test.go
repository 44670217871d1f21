package stats

import (
	"fmt"
	"math"
	"testing"
)

// named is a run that solved so many of so many instances, of which it names some.
func named(name string, solved, of, asked int) Run {
	r := Run{Name: name, Scores: map[string]float64{}, Unnamed: asked - of}
	for i := range of {
		r.Scores[fmt.Sprintf("%03d", i)] = 0
		if i < solved {
			r.Scores[fmt.Sprintf("%03d", i)] = 1
		}
	}
	return r
}

func TestAMeanIsOverInstancesThatAreNotNamedToo(t *testing.T) {
	one, err := Mean(Cell{"a", []Run{named("1", 10, 12, 500)}}, 0.95)
	if want := must(Wilson(10, 500, 0.95)); err != nil || one != want {
		t.Errorf("%+v, want %+v, %v", one, want, err)
	}
	// The same verdicts by their names give the same mean, interval and noise.
	some := Cell{"a", []Run{named("1", 10, 12, 50), named("2", 20, 25, 50), named("3", 15, 50, 50)}}
	all := Cell{"a", []Run{named("1", 10, 50, 50), named("2", 20, 50, 50), named("3", 15, 50, 50)}}
	a, errA := Mean(some, 0.95)
	b, errB := Mean(all, 0.95)
	if errA != nil || errB != nil || a != b || math.Abs(a.Value-0.3) > 1e-12 || a.N != 50 {
		t.Errorf("%+v, want %+v, %v, %v", a, b, errA, errB)
	}
	x, errX := Noise(some, 0.95)
	y, errY := Noise(all, 0.95)
	if errX != nil || errY != nil || x != y {
		t.Errorf("%+v, want %+v, %v, %v", x, y, errX, errY)
	}
	// More names than another run has unnamed ones: they were to judge other instances.
	c, err := Mean(Cell{"a", []Run{named("1", 2, 4, 5), named("2", 3, 10, 10)}}, 0.95)
	if err != nil || c.N != 4 || math.Abs(c.Value-0.625) > 1e-12 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestPairsAreOfNamedInstancesAlone(t *testing.T) {
	c, err := Compare(named("a", 2, 12, 500), named("b", 8, 12, 12), Options{})
	if err != nil || c.Difference.N != 12 || math.Abs(c.Difference.Value-0.5) > 1e-12 || len(c.Won) != 6 {
		t.Errorf("%+v, %v", c, err)
	}
}
