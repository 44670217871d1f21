package stats

// Separable is the one rule by which two sides are told apart, in a comparison and in a
// table: the interval of their difference leaves out zero, and the probability, corrected
// for all that is told together, is below 1 - level. The interval alone is of one
// comparison: of many that are all by chance it would tell one in twenty apart.
func Separable(difference Estimate, corrected, level float64) bool {
	return difference.Separable() && corrected < 1-level
}
