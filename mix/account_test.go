package mix

import (
	"fmt"
	"runtime"
	"testing"
)

// A million records of a few bytes each are planned in the memory of what they
// are, not of how many there are.
func TestTheAccountOfARecordTakesLessThan200Bytes(t *testing.T) {
	if testing.Short() {
		t.Skip("memory is not measured in short runs, which the race detector's are")
	}
	const n = 100_000
	before := live()
	w := &world{repos: newNames(), entries: newAccount()}
	for i := range n {
		id := fmt.Sprintf("%012x", i)
		w.entries.add(Entry{Source: "s0", File: fmt.Sprint("out", "put.jsonl"), Line: i + 1, ID: id, Tokens: 30, item: i})
		w.items = append(w.items, Item{
			Instance: instanceKey(fmt.Sprint("owner__repo-", i)), Tokens: 30, Trained: 2, Steps: 1, Bytes: 10,
			ID: stableID("", id), Text: uint32(i), Digest: digest{uint64(i)},
		})
	}
	w.items = w.items[:n:n]
	if each := (live() - before) / n; each >= 200 {
		t.Errorf("the account of a record takes %d bytes", each)
	}
	for _, validation := range []float64{0, 0.02} {
		cfg := testConfig(1)
		cfg.Sampler, cfg.Validation, cfg.Budget = "all", validation, 0
		var a, b runtime.MemStats
		runtime.ReadMemStats(&a)
		p, err := newPlanner(cfg, w.items, w.entries, w.repos, w.known).plan()
		if err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&b)
		t.Logf("validation %v: planning allocates %d bytes a record", validation, (b.TotalAlloc-a.TotalAlloc)/n)
		if each := (b.TotalAlloc - a.TotalAlloc) / n; each >= 400 {
			t.Errorf("validation %v: to plan a record takes %d bytes, kept or not", validation, each)
		}
		if len(p.Train)+len(p.Validation) != n {
			t.Fatalf("%d and %d rows of %d", len(p.Train), len(p.Validation), n)
		}
		for i := range w.entries.lines {
			w.entries.lines[i].outcome = undecided
		}
	}
}

func live() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestAnArenaKeepsTextsOfEveryLength(t *testing.T) {
	var a arena
	var kept []text
	for i := range 2000 {
		kept = append(kept, a.keep(fmt.Sprintf("%0*d", i%300*i%7000, i)))
	}
	kept = append(kept, a.keep(""), a.keep(string(make([]byte, 3*arenaBytes))), a.keep("z"))
	for i, at := range kept[:2000] {
		if got, want := a.text(at), fmt.Sprintf("%0*d", i%300*i%7000, i); got != want {
			t.Fatalf("text %d is %.40q, want %.40q", i, got, want)
		}
	}
	if n := len(kept); a.text(kept[n-3]) != "" || len(a.text(kept[n-2])) != 3*arenaBytes || a.text(kept[n-1]) != "z" {
		t.Error("the last texts are lost")
	}
}
