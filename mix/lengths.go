package mix

import "slices"

// Lengths tell how long the rows of a side are, in tokens: what they cost to train
// on depends on it, not on their sum alone.
type Lengths struct {
	// Squares is the sum of the squares of the sequences: attention costs each its
	// square. A row is one sequence, and a packed one several.
	Squares float64 `json:"squares"`
	// Quantiles are of the rows, equally spaced: of the shortest, after each
	// twentieth of them, of the longest.
	Quantiles [21]int64 `json:"quantiles"`
}

// lengths measures the rows; of none it is the zero value.
func (r *rows) lengths(items []Item) (l Lengths) {
	if r.count() == 0 {
		return l
	}
	for _, p := range r.pieces {
		tokens := float64(items[p.item].row(int(p.n)).tokens)
		l.Squares += tokens * tokens
	}
	tokens := make([]int32, r.count())
	for k := range tokens {
		tokens[k] = r.length(k, items).tokens
	}
	slices.Sort(tokens)
	for q := range l.Quantiles {
		l.Quantiles[q] = int64(tokens[q*(len(tokens)-1)/(len(l.Quantiles)-1)])
	}
	return l
}
