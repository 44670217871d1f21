package stats

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Twenty runs of 500 verdicts, each with each other: 190 comparisons at 10,000
// resamples, with tests, corrections, effects and names.
func BenchmarkCompareAll(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var runs []Run
	for i := range 20 {
		runs = append(runs, randomRun(r, fmt.Sprint("run", i), 500, true))
	}
	for b.Loop() {
		if all := must(CompareAll(runs, Options{})); len(all) != 190 {
			b.Fatal(len(all))
		}
	}
}

// Two cells of five seeds.
func BenchmarkCompareCells(b *testing.B) {
	p := world{5, 0.02, false}.draw(rand.New(rand.NewPCG(1, 1)), 500, [2]float64{0.3, 0.34})
	first, second := cellOf("a", p.A), cellOf("b", p.B)
	for b.Loop() {
		must(CompareCells(first, second, Options{}))
	}
}
