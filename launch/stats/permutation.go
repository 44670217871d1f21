package stats

import (
	"fmt"
	"math"
)

// exactSigns is how many unequal instances are tried in all their signs: 2 to the
// 16th sums take a few milliseconds.
const exactSigns = 16

// Permutation tests whether the two runs could change places on any instance: it
// turns the sign of each instance's difference and counts how often the sum is at
// least as far from zero. All signs are tried for up to 16 unequal instances, and
// for verdicts in closed form; else Resamples of them are drawn, and the result
// itself counts as one draw (Phipson and Smyth 2010). The estimate and interval are
// those of Difference.
func Permutation(p Paired, o Options) (Test, error) {
	o, err := o.filled()
	if err != nil {
		return Test{}, err
	}
	e, err := Difference(p, o)
	if err != nil {
		return Test{}, err
	}
	return permutation(p, e, o), nil
}

// permutation is the test of a pair whose difference is known.
func permutation(p Paired, difference Estimate, o Options) Test {
	probability, how := signFlips(p, o)
	t := Test{Estimate: difference, P: probability}
	t.Method = "sign permutation, " + how + "; interval " + difference.Method
	t.Words = fmt.Sprintf("%s; permutation p = %.3g", difference.Words, probability)
	return t
}

// signFlips is the probability, and how it was found.
func signFlips(p Paired, o Options) (float64, string) {
	if p.verdicts() {
		t := countVerdicts(p)
		exact, _ := signTest(t.Won, t.Lost)
		return exact, "exact"
	}
	unequal := make([]float64, 0, len(p.A))
	for _, d := range p.deltas() {
		if d != 0 {
			unequal = append(unequal, d)
		}
	}
	if len(unequal) <= exactSigns {
		return allSigns(unequal), "exact"
	}
	return drawnSigns(unequal, o), fmt.Sprintf("%d drawn", o.Resamples)
}

// farEnough says whether a sum is at least as far from zero as the one seen.
// Roundings may not count a sum out that is the same set of numbers.
func farEnough(sum, seen float64) bool { return math.Abs(sum) >= math.Abs(seen)*(1-1e-12) }

// allSigns counts over all signs.
func allSigns(deltas []float64) float64 {
	seen, far, all := total(deltas), 0, 1<<len(deltas)
	for signs := range all {
		if farEnough(signed(deltas, uint64(signs)), seen) {
			far++
		}
	}
	return float64(far) / float64(all)
}

// drawnSigns counts over signs that were drawn, 64 of them a word.
func drawnSigns(deltas []float64, o Options) float64 {
	d, seen, far := newDraws(o.Seed, forSigns), total(deltas), 1
	for range o.Resamples {
		sum := 0.0
		for at := 0; at < len(deltas); at += 64 {
			sum += signed(deltas[at:min(at+64, len(deltas))], d.source.Uint64())
		}
		if farEnough(sum, seen) {
			far++
		}
	}
	return float64(far) / float64(o.Resamples+1)
}

// signed adds the values; those whose bit is set are taken away.
func signed(values []float64, signs uint64) float64 {
	sum := 0.0
	for i, v := range values {
		if signs>>i&1 == 1 {
			v = -v
		}
		sum += v
	}
	return sum
}

// total adds all values.
func total(values []float64) float64 { return signed(values, 0) }
