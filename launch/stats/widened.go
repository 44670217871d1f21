package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// A widened interval is that of a bootstrap distribution, wider by Student's quantile
// over the normal one.
type widened struct {
	drawn   []float64 // sorted
	value   float64
	freedom float64 // 0: as it stands
}

func (w widened) interval(level float64) (low, high float64) {
	wider := 1.0
	if w.freedom > 0 {
		wider = distuv.StudentsT{Sigma: 1, Nu: w.freedom}.Quantile((1+level)/2) / twoSided(level)
	}
	tail := (1 - level) / 2
	return w.value + wider*(percentile(w.drawn, tail)-w.value), w.value + wider*(percentile(w.drawn, 1-tail)-w.value)
}

// probability is the smallest 1 - level at which the interval leaves out zero, by
// halving: intervals of higher levels hold those of lower ones. Below the share of one
// draw in each tail a bootstrap shows nothing.
func (w widened) probability() float64 {
	least := 2 / float64(len(w.drawn)+1)
	if w.value == 0 {
		return 1
	}
	inside, outside := 1.0, 0.0 // bounds of p: at level 1-inside zero is left out, at 1-outside it is not
	for range 40 {
		p := (inside + outside) / 2
		if low, high := w.interval(1 - p); low > 0 || high < 0 {
			inside = p
		} else {
			outside = p
		}
	}
	return math.Max(least, inside)
}
