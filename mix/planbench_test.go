package mix

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"trainyard/mix/sample"
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
		rest := float64(n-i) / float64(max(1, i))
		w.items, w.entries.lines = withRoom(w.items, rest), withRoom(w.entries.lines, rest)
		w.entries.add(Entry{Source: "s", File: "f", ID: fmt.Sprintf("%016x", it.ID), Line: i, Tokens: it.Tokens, item: i})
		w.items = append(w.items, it)
	}
	return w
}

// BenchmarkPlanMillion plans mixes of a million trajectories: by shares alone, and
// with a selection in each source, two of them by repository and one a control
// of a hundred thousand rows.
func BenchmarkPlanMillion(b *testing.B) {
	plain := testConfig(4)
	plain.Budget, plain.Validation = 5_000_000_000, 0.02
	for k := range plain.Sources {
		plain.Sources[k].PerInstance = 2
	}
	selected := *plain
	selected.Budget, selected.Sources = 0, slices.Clone(plain.Sources)
	selected.Sampler = "all"
	for k, steps := range [][]sample.Args{
		{{By: "quantile", Of: "n_steps", To: 0.5}}, {{By: "best", Of: "n_tokens"}, {By: "repositories", Want: "max"}}, {{By: "whole", Count: 100_000}}, {{By: sample.Matched, With: []string{"s2"}}},
	} {
		selected.Sources[k].Select = steps
	}
	b.Run("shares", func(b *testing.B) { benchmarkPlan(b, plain) })
	b.Run("selections", func(b *testing.B) { benchmarkPlan(b, &selected) })
}

func benchmarkPlan(b *testing.B, cfg *Config) {
	var before, after runtime.MemStats
	var cpu time.Duration
	for range b.N {
		b.StopTimer()
		w := million(1_000_000)
		runtime.GC()
		runtime.ReadMemStats(&before)
		from := processorTime()
		b.StartTimer()
		p, err := newPlanner(cfg, w.items, w.entries, w.repos, w.known).plan()
		b.StopTimer()
		cpu += processorTime() - from
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/(1<<20), "MB-allocated")
		b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
		if err != nil || len(p.Train) == 0 {
			b.Fatal("nothing is left: ", err)
		}
		b.StartTimer()
	}
}

// processorTime is what this process has used: other processes of a shared
// machine do not count.
func processorTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
