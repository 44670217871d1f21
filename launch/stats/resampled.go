package stats

// resampled gives, for each run and each resample of the instances, the run's mean
// over the instances drawn. All runs see the same draws: differences of rows of
// the result are then differences of pairs, and 20 runs cost the draws of one.
// scores has one row a run, all of one length.
func resampled(scores [][]float64, o Options) [][]float64 {
	runs, n := len(scores), len(scores[0])
	byInstance := make([]float64, 0, n*runs) // one after another in memory: the loop below is all the time there is
	for i := range n {
		for r := range runs {
			byInstance = append(byInstance, scores[r][i])
		}
	}
	means := make([][]float64, runs)
	for r := range means {
		means[r] = make([]float64, o.Resamples)
	}
	d, sums := newDraws(o.Seed, forInstances), make([]float64, runs)
	for b := range o.Resamples {
		clear(sums)
		for range n {
			at := d.below(n) * runs
			for r, s := range byInstance[at : at+runs] {
				sums[r] += s
			}
		}
		for r, sum := range sums {
			means[r][b] = sum / float64(n)
		}
	}
	return means
}
