package mix

import (
	"slices"
	"testing"
)

func TestLengthsAreOfTheRowsAlone(t *testing.T) {
	var items []Item
	var single, pairs rows
	for n := range 101 { // 0, 10, …, 1000, from the longest to the shortest
		items = append(items, Item{Tokens: int32(1000 - 10*n)}, Item{Tokens: 1 << 30})
		single.add([]piece{{item: int32(2 * n)}}, false)
	}
	for n := range 50 { // 0 beside 1000, 10 beside 990, …
		pairs.add([]piece{{item: int32(2 * n)}, {item: int32(200 - 2*n)}}, true)
	}
	l := single.lengths(items)
	if want := 100.0 * 100 * 101 * 201 / 6; l.Squares != want {
		t.Errorf("the squares sum to %v, want %v", l.Squares, want)
	}
	if l.Quantiles[0] != 0 || l.Quantiles[5] != 250 || l.Quantiles[20] != 1000 || !slices.IsSorted(l.Quantiles[:]) {
		t.Errorf("the quantiles are %v", l.Quantiles)
	}
	if p := pairs.lengths(items); p.Squares != l.Squares-500*500 || p.Quantiles[0] != 1000 || p.Quantiles[20] != 1000 {
		t.Errorf("packed in pairs: %+v", p)
	}
	if none := new(rows).lengths(items); none != (Lengths{}) {
		t.Errorf("of no row: %+v", none)
	}
}
