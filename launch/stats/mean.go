package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Mean is the mean score of a cell over its seeds and the instances that all of them
// judged. Of one run with verdicts it is the rate with Wilson's interval. Else the
// variance is that between instances by their number, and that between seeds by
// theirs, as the analysis of variance divides them; the interval is Student's, with
// Satterthwaite's degrees of freedom, and holds for the next seeds too where there are
// two or more, and of verdicts it ends at 0 and at 1. Verdicts that never vary have
// Wilson's interval of the instances. One instance with other scores has no interval
// beyond its value. TooFew is as that of [DifferencePooled].
func Mean(c Cell, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if err := c.check(); err != nil {
		return Estimate{}, err
	}
	if len(c.Runs) == 1 {
		if solved, are := c.Runs[0].solved(); are {
			return Wilson(solved, len(c.Runs[0].Scores)+c.Runs[0].Unnamed, level)
		}
	}
	rows := c.all()
	if rows == nil {
		return Estimate{}, fmt.Errorf("the mean of %q: its runs judged no instance in common", c.Name)
	}
	e := meanOf(rows, level)
	write, unit := plain, ""
	if verdicts(concat(rows)) {
		if e.Low == e.High {
			e.Low, e.High = wilson(e.Value, e.N, level)
			e.Method = "Wilson score of the instances: runs and instances do not vary"
		}
		if e, write, unit = e.Within(0, 1), points, " %"; e.Low == 0 && e.High == 1 && e.TooFew == "" {
			e.TooFew = fmt.Sprintf("%s with %s are too few", instances(e.N), counted(len(rows), "seed"))
		}
	}
	e.Words = fmt.Sprintf("%s%s over %s and %s (%s)", write(e.Value), unit, instances(e.N), counted(len(rows), "seed"), e.interval(write))
	return e, nil
}

// solved counts the verdicts of 1; are is false where scores are no verdicts.
func (r Run) solved() (n int, are bool) {
	for _, s := range r.Scores {
		switch s {
		case 1:
			n++
		case 0:
		default:
			return 0, false
		}
	}
	return n, true
}

func concat(rows [][]float64) (all []float64) {
	for _, row := range rows {
		all = append(all, row...)
	}
	return all
}

// meanOf is the closed form of what DifferencePooled draws, for one cell.
func meanOf(rows [][]float64, level float64) Estimate {
	n, k, s := len(rows[0]), float64(len(rows)), spreadOf(rows)
	e := Estimate{Value: mean(rowMeans(rows)), Level: level, N: n, Method: "variance between instances and seeds, Student's t"}
	e.Low, e.High = e.Value, e.Value
	if n < 2 {
		return e
	}
	instances := stat.Variance(columnMeans(rows), nil) / float64(n)
	beyondInstances(instances, &s)
	variance := instances + s.seeds/k
	if variance == 0 {
		return e
	}
	freedom := freedomOf(instances, n, s)
	if freedom == 0 {
		freedom = float64(n - 1)
	} else if freedom < enoughFreedom {
		e.TooFew = counted(len(rows), "seed") + " are too few"
	}
	half := distuv.StudentsT{Sigma: 1, Nu: freedom}.Quantile((1+level)/2) * math.Sqrt(variance)
	e.Low, e.High = e.Value-half, e.Value+half
	return e
}
