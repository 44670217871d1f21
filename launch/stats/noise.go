package stats

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// A NoiseFloor is how much runs of one cell differ: a difference of two cells
// below it means nothing. The value is the standard deviation between the means of
// runs; N counts runs, not instances.
type NoiseFloor struct {
	Estimate
	Seeds  float64 `json:"seeds"`  // the part that the seed makes, without luck in judging; 0 where luck explains all
	Repeat float64 `json:"repeat"` // share of instances on which two runs of the cell differ; for scores, twice the variance from run to run
	Mean   float64 `json:"mean"`   // over runs and instances
}

// Noise is the noise floor of a cell with at least two runs, with the interval of a
// normal variance (chi-square), of verdicts below the half that no deviation of rates
// passes. Three runs give a very wide one, and that is the truth about three runs; of
// two the upper bound is 32 times the value, and TooFew says that they are too few.
func Noise(c Cell, level float64) (NoiseFloor, error) {
	if err := checkLevel(level); err != nil {
		return NoiseFloor{}, err
	}
	if err := c.check(); err != nil {
		return NoiseFloor{}, err
	}
	if len(c.Runs) < 2 {
		return NoiseFloor{}, fmt.Errorf("the noise floor of %q: one run shows none, run a second seed", c.Name)
	}
	rows := c.all()
	if rows == nil {
		return NoiseFloor{}, fmt.Errorf("the noise floor of %q: its runs judged no instance in common", c.Name)
	}
	s, k := spreadOf(rows), len(rows)
	floor := NoiseFloor{Seeds: math.Sqrt(s.seeds), Repeat: 2 * s.luck, Mean: mean(rowMeans(rows))}
	if all := slices.Concat(rows...); verdicts(all) {
		floor.Repeat = flips(rows)
	}
	floor.Estimate = deviation(math.Sqrt(s.between), k, level, verdicts(slices.Concat(rows...)))
	floor.Words = noiseWords(c.Name, floor.Estimate, verdicts(slices.Concat(rows...)))
	return floor, nil
}

// mostDeviation is the largest standard deviation that rates can have.
const mostDeviation = 0.5

// deviation is a standard deviation of k values with its interval.
func deviation(sd float64, k int, level float64, rates bool) Estimate {
	free, tail := float64(k-1), (1-level)/2
	chi := distuv.ChiSquared{K: free}
	e := Estimate{
		Value: sd, Low: sd * math.Sqrt(free/chi.Quantile(1-tail)), High: sd * math.Sqrt(free/chi.Quantile(tail)),
		Level: level, N: k, Method: "standard deviation, chi-square",
	}
	if rates { // two runs may lie further apart than the deviation can be
		e = e.Within(0, math.Max(sd, mostDeviation))
	}
	if free < enoughFreedom {
		e.TooFew = "two runs are too few"
	}
	return e
}

// flips is the share of instances on which two runs differ, over all pairs of runs.
func flips(rows [][]float64) float64 {
	k, sum := float64(len(rows)), 0.0
	for i := range rows[0] {
		solved := 0.0
		for _, row := range rows {
			solved += row[i]
		}
		sum += 2 * solved * (k - solved) / (k * (k - 1))
	}
	return sum / float64(len(rows[0]))
}

// noiseWords states a noise floor.
func noiseWords(cell string, e Estimate, verdicts bool) string {
	write, unit := plain, ""
	if verdicts {
		write, unit = points, " points"
	}
	return fmt.Sprintf("%s of %s differ by a standard deviation of %s%s (%s)", counted(e.N, "run"), cell, write(e.Value), unit, e.interval(write))
}
