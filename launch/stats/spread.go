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

	runs, instances int
}

// spreadOf is the two-way analysis of variance of runs by instances. One run gives
// zeroes: it cannot show any of this.
func spreadOf(rows [][]float64) spread {
	if len(rows) < 2 {
		return spread{}
	}
	n := float64(len(rows[0]))
	means := rowMeans(rows)
	s := spread{between: stat.Variance(means, nil), runs: len(rows), instances: len(rows[0])}
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

// lucky is the part of the variance of the cell's mean that luck makes.
func (s spread) lucky() float64 {
	if s.runs == 0 {
		return 0
	}
	return s.luck / float64(s.instances*s.runs)
}

// beyondInstances takes no more luck out of the variance between seeds than the variance
// between instances has in it. The analysis of variance takes all of it out, since what
// instances are drawn from counts it already. That fails where the runs of both cells
// share their luck, as those of one seed may: instances then vary less than luck alone
// would make them, nothing would be left, and a few seeds would look like certainty.
// What is left is together never less than the variance between the runs' means.
func beyondInstances(instances float64, cells ...*spread) {
	lucky := 0.0
	for _, s := range cells {
		lucky += s.lucky()
	}
	if lucky <= instances {
		return
	}
	for _, s := range cells {
		if s.runs > 0 && s.instances > 1 {
			s.seeds = math.Max(0, s.between-instances/lucky*s.luck/float64(s.instances))
		}
	}
}

// freedomOf is Satterthwaite's: the variance of the mean or of the difference, squared,
// over the squares of its parts by their own degrees of freedom. It is 0 where seeds add
// nothing, and never below the fewest of a part: luck that is taken out could make it so,
// and Student's quantiles below one degree are in the thousands.
func freedomOf(instances float64, n int, cells ...spread) float64 {
	square := func(x float64) float64 { return x * x }
	all, parts, fewest := instances, square(instances)/float64(n-1), math.Inf(1)
	for _, s := range cells {
		if s.seeds > 0 {
			k := float64(s.runs)
			all, parts, fewest = all+s.seeds/k, parts+square(s.between/k)/(k-1), math.Min(fewest, k-1)
		}
	}
	if math.IsInf(fewest, 1) {
		return 0
	}
	return math.Max(square(all)/parts, math.Min(fewest, float64(n-1)))
}

// enoughFreedom is the least at which an interval says something: below two degrees of
// freedom, which is where two seeds decide, Student's distribution has no variance.
const enoughFreedom = 2
