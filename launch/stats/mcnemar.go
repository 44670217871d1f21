package stats

import (
	"errors"
	"fmt"
	"math"
)

// A Test is a difference with the probability of one as large where there is
// none. It is always two-sided.
type Test struct {
	Estimate
	P float64 `json:"p"`
	// Holm and BH are the probability corrected for the number of tests in a table,
	// by Holm and by Benjamini and Hochberg; both are nil until Correct was called.
	Holm *float64 `json:"holm,omitempty"`
	BH   *float64 `json:"bh,omitempty"`
}

// A McNemarTest compares verdicts. P of its Test is the exact probability.
type McNemarTest struct {
	Test
	MidP    float64 `json:"mid_p"` // less conservative than P, and rarely above its level
	Won     int     `json:"won"`
	Lost    int     `json:"lost"`
	Both    int     `json:"both"`    // solved by both runs
	Neither int     `json:"neither"` // solved by none
}

var errNotVerdicts = errors.New("McNemar's test is of verdicts, and a score is neither 0 nor 1: compare scores with Permutation")

// McNemar tests whether wins and losses are equally likely (1947). P sums the
// binomial of one half over results at least as uneven; MidP counts the result
// itself half (Fagerland, Lydersen and Laake 2013). The interval is Bonett and
// Price's (2012), which stays sensible where no instance is discordant.
func McNemar(p Paired, level float64) (McNemarTest, error) {
	if err := checkLevel(level); err != nil {
		return McNemarTest{}, err
	}
	if len(p.A) == 0 {
		return McNemarTest{}, errors.New("McNemar's test of no instance")
	}
	if !p.verdicts() {
		return McNemarTest{}, errNotVerdicts
	}
	t := countVerdicts(p)
	t.Estimate = bonettPrice(float64(t.Won), float64(t.Lost), len(p.A), level)
	t.P, t.MidP = signTest(t.Won, t.Lost)
	t.Method = "McNemar exact; interval Bonett-Price"
	t.Words = fmt.Sprintf("%s; %d won, %d lost, exact p = %.3g", p.words(t.Estimate), t.Won, t.Lost, t.P)
	return t, nil
}

// countVerdicts fills the table of two by two.
func countVerdicts(p Paired) (t McNemarTest) {
	for i, a := range p.A {
		switch b := p.B[i]; {
		case a == 1 && b == 1:
			t.Both++
		case a == 1:
			t.Lost++
		case b == 1:
			t.Won++
		default:
			t.Neither++
		}
	}
	return t
}

// signTest gives the exact and the mid probability of won against lost.
func signTest(won, lost int) (exact, mid float64) {
	n, fewer := won+lost, min(won, lost)
	tail, at := 0.0, 0.0
	for k := 0; k <= fewer; k++ {
		at = math.Exp(logChoose(n, k) - float64(n)*math.Ln2)
		tail += at
	}
	if won == lost {
		return 1, 1
	}
	return math.Min(1, 2*tail), math.Min(1, 2*tail-at)
}

// logChoose is the logarithm of n over k.
func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n) + 1)
	b, _ := math.Lgamma(float64(k) + 1)
	c, _ := math.Lgamma(float64(n-k) + 1)
	return a - b - c
}

// bonettPrice is Wald's interval after one win and one loss were added.
func bonettPrice(won, lost float64, n int, level float64) Estimate {
	count := float64(n)
	b, c := (won+1)/(count+2), (lost+1)/(count+2)
	half := twoSided(level) * math.Sqrt((b+c-(b-c)*(b-c))/(count+2))
	return Estimate{
		Value: (won - lost) / count,
		Low:   math.Max(-1, b-c-half), High: math.Min(1, b-c+half),
		Level: level, N: n, Method: "Bonett-Price",
	}
}
