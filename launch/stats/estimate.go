package stats

import (
	"fmt"
	"math"
)

// An Estimate is a value that was measured, and how sure that is.
type Estimate struct {
	Value  float64 `json:"value"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	Level  float64 `json:"level"` // 0.95 for a 95 % interval
	N      int     `json:"n"`     // instances, unless the function says otherwise
	Method string  `json:"method"`
	Words  string  `json:"words"` // one sentence that states the value and the interval
	// TooFew says of what there is too little for the interval to tell anything, such as
	// "2 seeds are too few"; Low and High are then what is possible or as good as that.
	TooFew string `json:"too_few,omitempty"`
}

// Separable says whether the interval leaves out zero: for a difference that is the only
// one, that the two sides are told apart at the level of the interval.
func (e Estimate) Separable() bool { return e.Low > 0 || e.High < 0 }

// Within cuts the interval off at bounds that the value cannot pass: 0 and 1 of a rate,
// -1 and 1 of a difference of rates.
func (e Estimate) Within(low, high float64) Estimate {
	e.Low, e.High = math.Min(math.Max(e.Low, low), high), math.Min(math.Max(e.High, low), high)
	return e
}

// reachingZero has zero in the interval where the test of no difference does not reject
// it at the interval's level. The interval is then all differences that are not
// rejected: none by that test, others by the interval's own method.
func (e Estimate) reachingZero(p float64) Estimate {
	if p < 1-e.Level || !e.Separable() {
		return e
	}
	e.Low, e.High = math.Min(e.Low, 0), math.Max(e.High, 0)
	e.Method += ", to zero, which the test does not reject"
	return e
}

// interval is what people read: "95 % interval 1.2 to 3.4".
func (e Estimate) interval(write func(float64) string) string {
	if e.TooFew != "" {
		return fmt.Sprintf("%s interval unknown: %s", percent(e.Level), e.TooFew)
	}
	return fmt.Sprintf("%s interval %s to %s", percent(e.Level), write(e.Low), write(e.High))
}

// percent writes a level or a power: "95 %".
func percent(share float64) string { return fmt.Sprintf("%.4g %%", 100*share) }

// points writes a difference of rates in hundredths: "3.2".
func points(x float64) string { return fixed(100*x, 1) }

// plain writes a number that has no unit of its own.
func plain(x float64) string { return fixed(x, 3) }

// fixed writes x with so many decimals, and never "-0.0".
func fixed(x float64, decimals int) string {
	scale := math.Pow(10, float64(decimals))
	if math.Abs(x)*scale < 0.5 {
		x = 0
	}
	return fmt.Sprintf("%.*f", decimals, x)
}

// instances counts them in words.
func instances(n int) string { return counted(n, "instance") }

// counted writes a number and its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// checkLevel refuses a level that is no probability between 0 and 1.
func checkLevel(level float64) error {
	if !(level > 0 && level < 1) {
		return fmt.Errorf("the level of an interval is %v: it must lie between 0 and 1, such as 0.95", level)
	}
	return nil
}
