package result

import "math"

// MaxFigure is more than any score, loss or count comes to, and little enough that sums
// and squares of as many as there may be stay numbers.
const MaxFigure = 1e30

// Plausible reports whether a figure is a number that others can be added to.
func Plausible(f float64) bool { return math.Abs(f) <= MaxFigure } // false for what is none
