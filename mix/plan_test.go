package mix

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// world is a made-up outcome of reading: items with repositories, instances,
// repeats and lengths, and the entries that lead to them.
type world struct {
	items   []Item
	entries *account
	repos   *names
	known   features
}

func newWorld(r *rand.Rand, sources int) *world {
	w := &world{repos: newNames(), entries: newAccount()}
	for n := range 200 {
		it := Item{
			Source: int32(r.IntN(sources)), Instance: uint64(r.IntN(60)),
			Tokens: int32(1 + r.IntN(40_000)), Trained: 1, Steps: 1, Bytes: 100,
			ID: r.Uint64(), Text: r.Uint32(),
			Digest: digest{uint64(r.IntN(120))},
		}
		if k := r.IntN(12); k > 0 {
			it.Repo = w.repos.id(fmt.Sprint("owner/repo", k))
		}
		if n%9 == 0 {
			w.entries.add(Entry{Outcome: NotAccepted, Reason: "unknown", item: -1})
		}
		w.entries.add(Entry{Tokens: it.Tokens, item: len(w.items)})
		w.items = append(w.items, it)
	}
	return w
}

func testConfig(sources int) *Config {
	cfg := &Config{
		Sampler: "shares", Unit: Tokens, Seed: 5, Window: 32_768, Unique: UniqueContent,
		Validation: 0.2, Budget: 600_000,
	}
	for k := range sources {
		cfg.Sources = append(cfg.Sources, Source{Name: fmt.Sprint("s", k), Share: float64(k + 1), PerInstance: k})
	}
	return cfg
}

func planned(t *testing.T, cfg *Config, w *world) *plan {
	t.Helper()
	p, err := newPlanner(cfg, w.items, w.entries, w.repos, w.known).plan()
	if err != nil {
		t.Fatal(err)
	}
	w.items = p.Items
	return p
}

func TestEveryItemEndsInOneOutcomeAndTheRowsAreThoseKept(t *testing.T) {
	for seed := range uint64(50) {
		w := newWorld(rand.New(rand.NewPCG(seed, 1)), 3)
		p := planned(t, testConfig(3), w)
		count := map[Outcome]int{}
		for e := range w.entries.all() {
			if e.Outcome == "" {
				t.Fatal("an entry has no outcome")
			}
			count[e.Outcome]++
		}
		if count[Kept] != len(p.Train) || count[Validation] != len(p.Validation) {
			t.Fatalf("%d kept for %d rows, %d held out for %d rows", count[Kept], len(p.Train), count[Validation], len(p.Validation))
		}
		rows := append(slices.Clone(p.Train), p.Validation...)
		slices.Sort(rows)
		if len(slices.Compact(rows)) != len(p.Train)+len(p.Validation) {
			t.Fatal("an item is a row twice")
		}
	}
}

func TestRowsKeepEveryLimitOfTheRecipe(t *testing.T) {
	w := newWorld(rand.New(rand.NewPCG(8, 3)), 3)
	cfg := testConfig(3)
	p := planned(t, cfg, w)
	instances := map[[2]uint64]int{}
	texts := map[digest]bool{}
	for _, i := range append(slices.Clone(p.Train), p.Validation...) {
		it := w.items[i]
		if it.Tokens > 32_768 {
			t.Errorf("a row has %d tokens", it.Tokens)
		}
		if texts[it.Digest] {
			t.Error("a text is a row twice")
		}
		texts[it.Digest] = true
		key := [2]uint64{uint64(it.Source), it.Instance}
		instances[key]++
		if limit := cfg.Sources[it.Source].PerInstance; limit > 0 && it.Instance != 0 && instances[key] > limit {
			t.Errorf("source %d keeps %d of one instance, its limit is %d", it.Source, instances[key], limit)
		}
	}
}

func TestTheSamplersBudgetDoesNotMoveTheValidationSide(t *testing.T) {
	small, large := testConfig(3), testConfig(3)
	small.Budget = 100_000
	a := planned(t, small, newWorld(rand.New(rand.NewPCG(4, 4)), 3))
	b := planned(t, large, newWorld(rand.New(rand.NewPCG(4, 4)), 3))
	if !slices.Equal(a.Validation, b.Validation) || len(a.Validation) == 0 {
		t.Errorf("%d and %d rows held out, or others", len(a.Validation), len(b.Validation))
	}
}

func TestAnotherSeedIsAnotherMix(t *testing.T) {
	one, two := testConfig(3), testConfig(3)
	two.Seed++
	a := planned(t, one, newWorld(rand.New(rand.NewPCG(4, 4)), 3))
	b := planned(t, two, newWorld(rand.New(rand.NewPCG(4, 4)), 3))
	if slices.Equal(a.Train, b.Train) {
		t.Error("two seeds gave the same order")
	}
}

func TestTheFunnelSumsToTheRecordsRead(t *testing.T) {
	by := map[Outcome]Count{}
	total := int64(0)
	for i, o := range Outcomes {
		by[o] = Count{Records: int64(i + 1)}
		total += int64(i + 1)
	}
	f := funnel(by)
	stages := []int64{f.Read.Records, f.Parsed.Records, f.Accepted.Records, f.Wanted.Records, f.Clean.Records, f.Unique.Records, f.WithinWindow.Records, f.Sampled.Records}
	if stages[0] != total {
		t.Errorf("%d read, %d in outcomes", stages[0], total)
	}
	for i, lost := range []Outcome{Rejected, NotAccepted, Filtered, Contaminated, Duplicate, OverWindow, NotSampled} {
		if stages[i]-stages[i+1] != by[lost].Records {
			t.Errorf("between stage %d and %d lie %d records, %s are %d", i, i+1, stages[i]-stages[i+1], lost, by[lost].Records)
		}
	}
}

func TestShardsAreCutByTextAndKeepTheOrder(t *testing.T) {
	items := make([]Item, 1000)
	order := make([]int32, len(items))
	for i := range items {
		items[i].Bytes, order[i] = 1<<20, int32(i)
	}
	plans := cutShards("train", rowsOf(order), items)
	if len(plans) != 4 || plans[0].file != "train-00000-of-00004.parquet" {
		t.Fatalf("%d files, the first is %s", len(plans), plans[0].file)
	}
	var all []int32
	for _, p := range plans {
		if n := p.rows.count(); n != 250 {
			t.Errorf("%s has %d rows of 1000 in 4 files", p.file, n)
		}
		for _, row := range p.rows.pieces {
			all = append(all, row.item)
		}
	}
	if !slices.Equal(all, order) {
		t.Error("the files do not hold the rows in order")
	}
}

// rowsOf are rows of one item each.
func rowsOf(order []int32) *rows {
	r := &rows{}
	for _, i := range order {
		r.add([]piece{{item: i}}, false)
	}
	return r
}
