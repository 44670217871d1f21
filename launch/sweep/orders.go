package sweep

import (
	"cmp"
	"slices"
)

// Orders are the ways in which cells can be started.
var Orders = map[string]string{
	"listed":   "as the file lists them",
	"cheapest": "those with the fewest tokens to train on first: failures show early",
	"dearest":  "those with the most tokens to train on first: the longest run ends no later than it must",
	"datasets": "dataset by dataset, so that the first cells start while others are prepared",
}

// Weight is what orders go by.
type Weight struct {
	Tokens  int64  // to train on, over all epochs
	Dataset string // cells of one dataset have one word
}

// Ordered gives the indices of cells in the order of that name; those that are alike
// keep the order of the file.
func Ordered(name string, cells []Weight) []int {
	index := make([]int, len(cells))
	first := map[string]int{}
	for i := range cells {
		index[i] = i
		if _, known := first[cells[i].Dataset]; !known {
			first[cells[i].Dataset] = i
		}
	}
	by := map[string]func(a, b int) int{
		"cheapest": func(a, b int) int { return cmp.Compare(cells[a].Tokens, cells[b].Tokens) },
		"dearest":  func(a, b int) int { return cmp.Compare(cells[b].Tokens, cells[a].Tokens) },
		"datasets": func(a, b int) int { return cmp.Compare(first[cells[a].Dataset], first[cells[b].Dataset]) },
	}[name]
	if by != nil {
		slices.SortStableFunc(index, by)
	}
	return index
}
