package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// A spread divides what runs of one cell differ by. Two runs differ because each
// judges instances with luck, and because a seed makes a better or a worse model.
type spread struct {
	between float64 // variance between the means of runs: luck over n, and seeds
	luck    float64 // variance of one score of one instance from run to run
	seeds   float64 // variance between seeds that luck does not account for, at least 0
}

// spreadOf is the two-way analysis of variance of runs by instances. One run gives
// zeroes: it cannot show any of this.
func spreadOf(rows [][]float64) spread {
	if len(rows) < 2 {
		return spread{}
	}
	n := float64(len(rows[0]))
	means := rowMeans(rows)
	s := spread{between: stat.Variance(means, nil)}
	if n < 2 {
		return s
	}
	centred := make([]float64, len(rows)) // of one instance, without what the runs' means explain
	for i := range rows[0] {
		for r, row := range rows {
			centred[r] = row[i] - means[r]
		}
		s.luck += stat.Variance(centred, nil)
	}
	s.luck /= n - 1
	s.seeds = math.Max(0, s.between-s.luck/n)
	return s
}
