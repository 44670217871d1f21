package report

import (
	"cmp"
	"math/bits"
	"slices"
)

// A Measure sums up one number of many rows, or of trajectories where the part
// has no Content.
type Measure struct {
	Rows   int64   `json:"rows"`
	Sum    int64   `json:"sum"`
	Mean   float64 `json:"mean"`
	Min    int32   `json:"min"`
	Median int32   `json:"median"` // of an even number the lower of the two in the middle
	Max    int32   `json:"max"`
	// Histogram counts them by size.
	Histogram []Bin `json:"histogram"`
}

// A Bin is a range of sizes, [From, To), and how many rows are in it.
type Bin struct {
	From int32 `json:"from"`
	To   int32 `json:"to"`
	Rows int64 `json:"rows"`
}

// mostBins is as many as a chart shows apart at the width of a phone.
const mostBins = 24

// measure sums up values, which it sorts.
func measure(values []int32) Measure {
	m := Measure{Rows: int64(len(values))}
	if len(values) == 0 {
		return m
	}
	slices.Sort(values)
	for _, v := range values {
		m.Sum += int64(v)
	}
	m.Mean = float64(m.Sum) / float64(len(values))
	m.Min, m.Median, m.Max = values[0], values[(len(values)-1)/2], values[len(values)-1]
	m.Histogram = histogram(values, binWidth(m.Min, m.Max))
	return m
}

// binWidth is 1, 2 or 5 times a power of ten, so that borders are round.
func binWidth(low, high int32) int32 {
	width := int64(1)
	for step := 0; (int64(high)-int64(low)/width*width)/width+1 > mostBins; step++ {
		width = width * [3]int64{2, 5, 2}[step%3] / [3]int64{1, 2, 1}[step%3]
	}
	return int32(min(width, 1<<31-1))
}

// histogram counts sorted values in bins whose borders are multiples of width.
func histogram(sorted []int32, width int32) (bins []Bin) {
	for _, v := range sorted {
		from := v / width * width
		if n := len(bins); n == 0 || bins[n-1].From != from {
			bins = appendBins(bins, from, width)
		}
		bins[len(bins)-1].Rows++
	}
	return bins
}

// appendBins appends the bin that begins at from, and the empty ones before it.
func appendBins(bins []Bin, from, width int32) []Bin {
	next := from
	if n := len(bins); n > 0 {
		next = bins[n-1].To
	}
	for ; next <= from; next += width {
		bins = append(bins, Bin{From: next, To: next + width})
	}
	return bins
}

// thousands of 1,024 tokens read as people write windows: 32k.
func windowName(tokens int) string {
	if bits.TrailingZeros(uint(tokens)) >= 10 {
		return number(int64(tokens>>10)) + "k"
	}
	return number(int64(tokens))
}

// sortedByCount lists keys, most first, and alike ones in their own order.
func sortedByCount[K cmp.Ordered](counts map[K]int64) []K {
	keys := make([]K, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return keys
}
