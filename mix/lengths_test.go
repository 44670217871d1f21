package mix

import (
	"slices"
	"testing"
)

func TestLengthsAreOfTheRowsAlone(t *testing.T) {
	var items []Item
	var order []int32
	for n := range 101 { // 0, 10, …, 1000, from the longest to the shortest
		items = append(items, Item{Tokens: int32(1000 - 10*n)}, Item{Tokens: 1 << 30})
		order = append(order, int32(2*n))
	}
	l := lengthsOf(order, items)
	if want := 100.0 * 100 * 101 * 201 / 6; l.Squares != want {
		t.Errorf("the squares sum to %v, want %v", l.Squares, want)
	}
	if l.Quantiles[0] != 0 || l.Quantiles[5] != 250 || l.Quantiles[20] != 1000 || !slices.IsSorted(l.Quantiles[:]) {
		t.Errorf("the quantiles are %v", l.Quantiles)
	}
	if one := lengthsOf(order[:1], items); one.Quantiles[0] != 1000 || one.Quantiles[20] != 1000 {
		t.Errorf("of one row: %v", one.Quantiles)
	}
	if none := lengthsOf(nil, items); none != (Lengths{}) {
		t.Errorf("of no row: %+v", none)
	}
}
