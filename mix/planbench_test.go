package mix

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
)

// million are items as reading leaves them: four sources, some repeats, some
// two hundred repositories and four rollouts of an instance.
func million(n int) *world {
	w := &world{repos: newNames(), entries: newAccount()}
	r := rand.New(rand.NewPCG(1, 1))
	for i := range n {
		inst := uint64(r.IntN(n/4)) + 1
		it := Item{
			Source: int32(i % 4), Repo: w.repos.id(fmt.Sprint("owner/repo", inst%5000)), Instance: inst,
			Tokens: int32(1000 + r.IntN(40_000)), Trained: 700, Steps: int32(1 + r.IntN(60)), Bytes: 100,
			ID: r.Uint64(), Text: r.Uint32(), Digest: digest{r.Uint64N(uint64(n) * 20), 1},
		}
		w.entries.add(Entry{Source: "s", File: "f", ID: fmt.Sprintf("%016x", it.ID), Line: i, Tokens: it.Tokens, item: i})
		w.items = append(w.items, it)
	}
	return w
}

// BenchmarkPlanMillion plans a mix of a million trajectories.
func BenchmarkPlanMillion(b *testing.B) {
	cfg := testConfig(4)
	cfg.Budget, cfg.Validation = 5_000_000_000, 0.02
	for k := range cfg.Sources {
		cfg.Sources[k].PerInstance = 2
	}
	var before, after runtime.MemStats
	for range b.N {
		b.StopTimer()
		w := million(1_000_000)
		runtime.GC()
		runtime.ReadMemStats(&before)
		b.StartTimer()
		p, err := makePlan(cfg, w.items, w.entries, w.repos, w.known)
		b.StopTimer()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/(1<<20), "MB-allocated")
		b.ReportMetric(float64(before.HeapAlloc)/(1<<20), "MB-before")
		if err != nil || len(p.Train) == 0 {
			b.Fatal("nothing is left")
		}
		b.StartTimer()
	}
}
