package stats

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// CohenH is the standardised difference of two rates: twice the difference of the
// arcsines of their roots (Cohen 1988; 0.2 is small, 0.5 medium, 0.8 large). The
// interval takes the runs as paired: its variance is 2 (1 - phi) / n with phi the
// correlation of the verdicts, from the delta method. A rate of 0 or 1 has no
// correlation, and none is assumed.
func CohenH(p Paired, level float64) (Estimate, error) {
	if err := checkEffect(p, level); err != nil {
		return Estimate{}, err
	}
	if !p.verdicts() {
		return Estimate{}, errors.New("the standardised difference of rates (Cohen's h): a score is neither 0 nor 1, use PairedD")
	}
	e := Estimate{Value: cohenH(mean(p.B), mean(p.A)), Level: level, N: len(p.A), Method: "Cohen's h, paired delta method"}
	phi := 0.0
	if !constant(p.A) && !constant(p.B) {
		phi = stat.Correlation(p.A, p.B, nil)
	}
	half := twoSided(level) * math.Sqrt(2*math.Max(0, 1-phi)/float64(e.N))
	e.Low, e.High = math.Max(-math.Pi, e.Value-half), math.Min(math.Pi, e.Value+half)
	e.Words = effectWords(p, "h", e)
	return e, nil
}

// cohenH is h of two rates.
func cohenH(p, q float64) float64 { return 2*math.Asin(math.Sqrt(p)) - 2*math.Asin(math.Sqrt(q)) }

// PairedD is the mean difference by the standard deviation of differences (Cohen's
// d of pairs), with the exact interval from the noncentral t distribution, which
// holds for normal differences and, at hundreds of instances, nearly for others.
func PairedD(p Paired, level float64) (Estimate, error) {
	if err := checkEffect(p, level); err != nil {
		return Estimate{}, err
	}
	deltas := p.deltas()
	delta, same := p.alike()
	middle, sd := stat.MeanStdDev(deltas, nil)
	if same || sd == 0 { // squares of differences that are next to nothing are nothing
		return Estimate{}, fmt.Errorf("the standardised difference of %q and %q: all instances differ by %v, so there is no deviation to divide by", p.First, p.Second, delta)
	}
	n := float64(len(deltas))
	e := Estimate{Value: middle / sd, Level: level, N: len(deltas), Method: "paired d, noncentral t"}
	t, tail := e.Value*math.Sqrt(n), (1-level)/2
	e.Low = noncentrality(t, n-1, 1-tail) / math.Sqrt(n)
	e.High = noncentrality(t, n-1, tail) / math.Sqrt(n)
	e.Words = effectWords(p, "d", e)
	return e, nil
}

// noncentrality is the parameter under which a value of at most t has the
// probability p. The distribution falls as the parameter grows.
func noncentrality(t, free, p float64) float64 {
	reach := 10 + math.Abs(t)
	return bisect(t-reach, t+reach, func(mu float64) bool {
		return distuv.NoncentralT{Nu: free, Mu: mu}.CDF(t) > p
	})
}

// bisect is the place in [low, high] at which holds turns from true to false, to
// the last bits.
func bisect(low, high float64, holds func(float64) bool) float64 {
	for range 200 {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			break
		}
		if holds(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return low + (high-low)/2
}

// checkEffect refuses what no standardised difference is of.
func checkEffect(p Paired, level float64) error {
	if len(p.A) == 0 {
		return errors.New("the standardised difference of two runs over no instance")
	}
	return checkLevel(level)
}

// fewestForEffect is of how many instances a standardised difference is told. Of fewer the
// intervals, which are right for many, are of one solved instance more or less: of a
// single one that was won, h is 3.14 for certain, and McNemar's probability is 1.
const fewestForEffect = 10

// EffectBeside is the paired d of a difference that has a probability by another method,
// as that of cells has; nil of too few instances, and where all differ alike.
func EffectBeside(p Paired, probability, level float64) *Estimate {
	d, err := PairedD(p, level)
	if err != nil {
		return nil
	}
	return effectBeside(p, "d", d, probability)
}

// effectBeside keeps a standardised difference from saying the opposite of the test.
func effectBeside(p Paired, letter string, e Estimate, probability float64) *Estimate {
	if e.N < fewestForEffect {
		return nil
	}
	if reaching := e.reachingZero(probability); reaching != e {
		e = reaching
		e.Words = effectWords(p, letter, e)
	}
	return &e
}

// effectWords states a standardised difference.
func effectWords(p Paired, letter string, e Estimate) string {
	return fmt.Sprintf("%s against %s: %s = %s on %s (%s)", p.Second, p.First, letter, plain(e.Value), instances(e.N), e.interval(plain))
}
