package pack

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

const agentWindow = 32_768

// agents draws lengths such as rollouts of coding agents have: log-normal, and
// clipped to the window. The median and the spread are chosen so that 5,000 of
// them need 2,415 windows at the least, as the lengths did by which peers were
// compared (BENCH.md).
func agents(n int) []int32 {
	r := rand.New(rand.NewPCG(2026, 11))
	lengths := make([]int32, n)
	for i := range lengths {
		lengths[i] = int32(max(1, min(agentWindow, 14_100*math.Exp(0.58*r.NormFloat64()))))
	}
	return lengths
}

func sum(lengths []int32) (total int64) {
	for _, n := range lengths {
		total += int64(n)
	}
	return total
}

// What TRL 1.16 needs for these lengths was found by running it: 2,431 windows
// with pack_dataset(strategy="bfd") over all 5,000 at once, and 2,437 in batches
// of 1,000, which is what it does unless told otherwise.
func TestBestFitNeedsAsFewWindowsOfAgentsAsTRL(t *testing.T) {
	lengths := agents(5000)
	total := sum(lengths)
	if least := (total + agentWindow - 1) / agentWindow; least != 2415 {
		t.Fatalf("the lengths are not those that TRL was run on: no fewer than %d windows hold them", least)
	}
	const trl = 2431
	bins := check(t, "best-fit", lengths, agentWindow)
	used := Utilisation(total, bins.Len(), agentWindow)
	t.Logf("%d windows, utilisation %.4f", bins.Len(), used)
	if bins.Len() > trl || used < 0.9930 {
		t.Errorf("%d windows, utilisation %.4f; TRL needs %d", bins.Len(), used, trl)
	}
}

func BenchmarkPackAMillion(b *testing.B) {
	lengths := agents(1_000_000)
	for _, strategy := range slices.Sorted(maps.Keys(Packers)) {
		b.Run(strategy, func(b *testing.B) {
			var bins *Bins
			for b.Loop() {
				bins, _ = Pack(strategy, lengths, agentWindow)
			}
			b.ReportMetric(Utilisation(sum(lengths), bins.Len(), agentWindow), "utilisation")
		})
	}
}
