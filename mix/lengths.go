package mix

import "slices"

// Lengths tell how long the rows of a side are, in tokens: what they cost to train
// on depends on it, not on their sum alone.
type Lengths struct {
	// Squares is the sum of the squares: attention costs a row its square.
	Squares float64 `json:"squares"`
	// Quantiles are equally spaced: of the shortest row, after each twentieth of the
	// rows, of the longest.
	Quantiles [21]int64 `json:"quantiles"`
}

// lengthsOf measures the items of order; of none it is the zero value.
func lengthsOf(order []int32, items []Item) (l Lengths) {
	if len(order) == 0 {
		return l
	}
	tokens := make([]int32, len(order))
	for n, i := range order {
		tokens[n] = items[i].Tokens
		l.Squares += float64(tokens[n]) * float64(tokens[n])
	}
	slices.Sort(tokens)
	for q := range l.Quantiles {
		l.Quantiles[q] = int64(tokens[q*(len(tokens)-1)/(len(l.Quantiles)-1)])
	}
	return l
}
