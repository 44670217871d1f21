package stats

import (
	"errors"
	"fmt"
	"math"
)

// NoiseOver is the noise floor over several cells, taken to be alike in it: the
// variances of their runs, weighted by their degrees of freedom, with the interval of
// all of these together. Cells of one run show nothing and are passed over; N counts
// the runs of the others. Repeat and Mean are averages over the cells.
func NoiseOver(cells []Cell, level float64) (NoiseFloor, error) {
	var floor NoiseFloor
	var square, seeds, free float64
	used, ofVerdicts := 0, true
	for _, c := range cells {
		if len(c.Runs) < 2 {
			continue
		}
		one, err := Noise(c, level)
		if err != nil {
			return NoiseFloor{}, err
		}
		k := float64(one.N - 1)
		square, seeds, free = square+k*one.Value*one.Value, seeds+k*one.Seeds*one.Seeds, free+k
		floor.Repeat, floor.Mean, used = floor.Repeat+one.Repeat, floor.Mean+one.Mean, used+1
		floor.N += one.N
		ofVerdicts = ofVerdicts && verdicts(concat(c.all()))
	}
	if used == 0 {
		return NoiseFloor{}, errors.New("the noise floor: no cell has two runs, run a second seed")
	}
	runs := floor.N
	floor.Seeds, floor.Repeat, floor.Mean = math.Sqrt(seeds/free), floor.Repeat/float64(used), floor.Mean/float64(used)
	floor.Estimate = deviation(math.Sqrt(square/free), int(free)+1, level, ofVerdicts)
	floor.N = runs
	floor.Words = noiseWords(fmt.Sprintf("%s, about the mean of each,", counted(used, "group")), floor.Estimate, ofVerdicts)
	return floor, nil
}
