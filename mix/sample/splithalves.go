package sample

// caliper is how far the two of a pair may lie apart, in standard deviations: a
// fifth, which Austin found to take away nearly all of a bias (Pharmaceutical
// Statistics 2011, 10:150).
const caliper = 0.2

// splitHalves divides the rows by a feature into low and high, pairs each row of
// the smaller half with one of the other that is in the same repository and of
// the same length, or alike in what on says, and keeps one side of the pairs.
// What finds no partner is on neither side. So two recipes that differ in side
// alone differ in the feature alone.
func splitHalves(v *View, rows []int, a Args) []int {
	low, high := halves(v, rows, a.Of)
	arm, pool := low, high
	if len(low) > len(high) {
		arm, pool = high, low
	}
	in := map[int]bool{}
	for n, i := range newMatching(v, v, arm, pool, a.On).pairs(caliper, false) {
		if i < 0 {
			continue
		}
		if (len(low) > len(high)) == (a.Side == "low") { // the side is the pool
			in[i] = true
		} else {
			in[arm[n]] = true
		}
	}
	return keep(rows, in)
}

// halves cuts the known rows between two values, where the halves are as equal
// as can be: rows of one value are in one half.
func halves(v *View, rows []int, feature string) (low, high []int) {
	ranks := v.ranked(rows, feature)
	cut := 0
	for n := 1; n < len(ranks); n++ {
		if v.value(feature, ranks[n-1]) != v.value(feature, ranks[n]) && (cut == 0 || off(n, len(ranks)) < off(cut, len(ranks))) {
			cut = n
		}
	}
	if cut == 0 {
		return nil, nil // one value, or none: there are no halves
	}
	return uniform(v, ranks[:cut], Args{}), uniform(v, ranks[cut:], Args{})
}

// off is how far a cut is from the middle, doubled.
func off(cut, n int) int { return max(2*cut-n, n-2*cut) }
