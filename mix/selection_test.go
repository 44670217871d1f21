package mix

import (
	"fmt"
	"hash/crc32"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"trainyard/mix/sample"
)

// row is a made-up trajectory.
type row struct {
	source         int
	id, repo, inst string
	tokens         int
	text           string // default: the id
}

// worldOf reads rows as a prepare would.
func worldOf(rows []row) *world {
	w := &world{repos: newNames(), entries: newAccount()}
	for _, r := range rows {
		if r.text == "" {
			r.text = fmt.Sprint(r.source, r.id)
		}
		text := crc32.ChecksumIEEE([]byte(r.text))
		it := Item{
			Source: int32(r.source), Repo: w.repos.id(r.repo), Instance: instanceKey(r.inst),
			Tokens: int32(max(r.tokens, 1)), Trained: 1, Steps: 1, Bytes: 1,
			ID: stableID(r.inst, r.id), Text: text, Digest: digest{uint64(text)},
		}
		w.entries.add(Entry{Source: fmt.Sprint("s", r.source), File: "f", Line: len(w.items) + 1, ID: r.id, Tokens: it.Tokens, item: len(w.items)})
		w.items = append(w.items, it)
	}
	return w
}

// outcomes are the ids that ended in one.
func (w *world) outcomes(o Outcome) map[string]bool {
	ids := map[string]bool{}
	for e := range w.entries.all() {
		if e.Outcome == o {
			ids[fmt.Sprint(e.Source, "/", e.ID)] = true
		}
	}
	return ids
}

func lost(before, after map[string]bool) (n int) {
	for id := range before {
		if !after[id] {
			n++
		}
	}
	return n
}

// many are rows of two sources with repositories, or without.
func many(r *rand.Rand, n int, named bool) []row {
	rows := make([]row, n)
	for i := range rows {
		rows[i] = row{source: i % 2, id: fmt.Sprint("t", i), tokens: 1000 + r.IntN(30_000)}
		if named {
			rows[i].repo, rows[i].inst = fmt.Sprint("o/r", i/3*7919%100), fmt.Sprint("i", i/3)
		}
	}
	return rows
}

func selectionConfig(sampler string, unit Unit, budget int64) *Config {
	cfg := testConfig(2)
	cfg.Sampler, cfg.Unit, cfg.Budget, cfg.Validation = sampler, unit, budget, 0.02
	cfg.Sources[0].PerInstance, cfg.Sources[1].PerInstance = 0, 0
	return cfg
}

// budgets take some of the 2,000 rows of many.
func eachSelection(t *testing.T, try func(t *testing.T, cfg *Config, named bool)) {
	for _, sampler := range slices.Sorted(maps.Keys(sample.Samplers)) {
		for _, unit := range []Unit{Trajectories, Tokens} {
			for _, named := range []bool{true, false} {
				budget := map[Unit]int64{Trajectories: 200, Tokens: 3_200_000}[unit]
				if sample.Samplers[sampler].TakesAll {
					budget = 0
				}
				t.Run(fmt.Sprintf("%s/%s/%v", sampler, unit, named), func(t *testing.T) {
					try(t, selectionConfig(sampler, unit, budget), named)
				})
			}
		}
	}
}

func TestTheOrderOfRecordsChangesNothing(t *testing.T) {
	eachSelection(t, func(t *testing.T, cfg *Config, named bool) {
		rows := many(rand.New(rand.NewPCG(1, 1)), 2000, named)
		for i := range 200 { // repeats within a source and across them
			rows[i].text, rows[i+1000].text = fmt.Sprint("same", i/2), fmt.Sprint("same", i/2)
			rows[i+1000].tokens = rows[i].tokens
		}
		cfg.Sources[0].PerInstance = 1
		w := worldOf(rows)
		planned(t, cfg, w)
		rand.New(rand.NewPCG(2, 2)).Shuffle(len(rows), func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
		again := worldOf(rows)
		planned(t, cfg, again)
		for _, o := range Outcomes {
			if before, after := w.outcomes(o), again.outcomes(o); !maps.Equal(before, after) {
				t.Errorf("%s: %d of %d are others in another order", o, lost(before, after), len(before))
			}
		}
	})
}

func TestARecordMoreChangesTheRowsThatMustChange(t *testing.T) {
	eachSelection(t, func(t *testing.T, cfg *Config, named bool) {
		if cfg.Unit == Tokens && named {
			t.Skip("a repository here is half of what is set aside, and one long record more makes another one the nearest")
		}
		r := rand.New(rand.NewPCG(3, 3))
		for n := range 8 {
			rows := many(r, 2000, named)
			w := worldOf(rows)
			planned(t, cfg, w)
			added := row{source: n % 2, id: "new", repo: rows[n].repo, inst: rows[n].inst, tokens: 20_000}
			if n%4 == 0 && named {
				added.repo, added.inst = "o/new", "new"
			}
			more := worldOf(append([]row{added}, rows...))
			planned(t, cfg, more)
			before, after := w.outcomes(Kept), more.outcomes(Kept)
			// In tokens, a long record takes the place of several short ones, and
			// what fits into the last hundredth of a source changes with it.
			allowed := map[Unit]int{Trajectories: 1, Tokens: 6}[cfg.Unit]
			if gone := lost(before, after); gone > allowed {
				t.Errorf("try %d: a record more costs %d of the %d rows their place", n, gone, len(before))
			}
			if gone := lost(w.outcomes(Validation), more.outcomes(Validation)); gone > 1 {
				t.Errorf("try %d: a record more costs %d of the %d rows set aside their place", n, gone, len(w.outcomes(Validation)))
			}
		}
	})
}

// TestARecordMoreLeavesTheRepositoriesThatAreSetAside holds for repositories of
// much the same size, few and many, none of which is what was asked.
func TestARecordMoreLeavesTheRepositoriesThatAreSetAside(t *testing.T) {
	for _, repos := range []int{7, 11, 13, 40, 60, 90, 150, 400} {
		for _, fraction := range []float64{0.02, 0.05, 0.1, 0.2} {
			for n := range 10 {
				var rows []row
				for i := range 2000 {
					rows = append(rows, row{id: fmt.Sprint("t", i), repo: fmt.Sprint("o/r", i%repos)})
				}
				cfg := selectionConfig("proportional", Trajectories, 200)
				cfg.Validation = fraction
				w := worldOf(rows)
				planned(t, cfg, w)
				more := worldOf(append([]row{{id: "new", repo: fmt.Sprint("o/r", n)}}, rows...))
				planned(t, cfg, more)
				if gone := lost(w.outcomes(Kept), more.outcomes(Kept)); gone > 1 {
					t.Errorf("%d repositories, %v: a record more costs %d rows their place, and %d of the %d set aside", repos, fraction, gone, lost(w.outcomes(Validation), more.outcomes(Validation)), len(w.outcomes(Validation)))
				}
			}
		}
	}
}

func TestRecordsOfOneIdAreChosenEachByItself(t *testing.T) {
	var rows []row
	for i := range 100 {
		rows = append(rows, row{id: "rollout", inst: "i", text: fmt.Sprint(i)})
	}
	cfg := selectionConfig("proportional", Trajectories, 30)
	cfg.Validation = 0
	w := worldOf(rows)
	p := planned(t, cfg, w)
	if len(p.Train) != 30 {
		t.Errorf("%d rows, want 30", len(p.Train))
	}
	again := worldOf(slices.Concat(rows[50:], rows[:50]))
	planned(t, cfg, again)
	if gone := lost(w.outcomes(Kept), again.outcomes(Kept)); gone > 0 {
		t.Errorf("%d are others in another order", gone)
	}
}

// tangle is rows that share repositories, instances and texts in all ways.
func tangle(r *rand.Rand) []row {
	rows := make([]row, 150)
	for i := range rows {
		rows[i] = row{source: r.IntN(2), id: fmt.Sprint("t", i), tokens: 1 + r.IntN(40_000)}
		if r.IntN(3) > 0 {
			rows[i].repo = fmt.Sprint("o/r", r.IntN(60))
		} else if r.IntN(3) == 0 {
			rows[i].repo = fmt.Sprint("r", r.IntN(60)) // without its owner
		}
		if r.IntN(3) > 0 {
			rows[i].inst = fmt.Sprint("i", r.IntN(200))
		}
		if r.IntN(10) == 0 {
			rows[i].text = fmt.Sprint("text", r.IntN(10))
		}
	}
	return rows
}

func TestNothingStandsOnBothSides(t *testing.T) {
	sides := 0
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 2))
		cfg := selectionConfig([]string{"all", "shares"}[seed%2], Trajectories, 0)
		cfg.Validation, cfg.Unique = 0.2, []string{UniqueContent, UniqueNone}[seed/2%2]
		rows := tangle(r)
		w := worldOf(rows)
		p := planned(t, cfg, w)
		held := map[string]bool{}
		marks := func(i int32) []string {
			list := []string{fmt.Sprint("text ", w.items[i].Digest)}
			if name := w.repos.list[w.items[i].Repo]; name != "" {
				list = append(list, "repo "+name[max(0, lastSlash(name)):])
			}
			if w.items[i].Instance != 0 {
				list = append(list, fmt.Sprint("instance ", w.items[i].Instance))
			}
			return list
		}
		for _, i := range p.Validation {
			for _, mark := range marks(i) {
				held[mark] = true
			}
		}
		for _, i := range p.Train {
			for _, mark := range marks(i) {
				if held[mark] {
					t.Fatalf("seed %d: %s is on both sides", seed, mark)
				}
			}
		}
		if len(p.Validation) > 0 {
			sides++
		}
	}
	if sides < 50 {
		t.Errorf("only %d of 100 have a validation side", sides)
	}
}

func lastSlash(name string) int {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return i + 1
		}
	}
	return 0
}

// repositories are rows of one source, so many of each.
func repositories(sizes ...int) (rows []row) {
	for k, n := range sizes {
		for i := range n {
			rows = append(rows, row{id: fmt.Sprintf("r%d-%d", k, i), repo: fmt.Sprint("o/r", k)})
		}
	}
	return rows
}

func TestTheValidationSideIsTheNearestThatWholeRepositoriesGive(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for try := range 300 {
		sizes := make([]int, 2+r.IntN(8))
		total := 0
		for k := range sizes {
			sizes[k] = 1 + r.IntN(50)
			total += sizes[k]
		}
		cfg := selectionConfig("all", Trajectories, 0)
		cfg.Seed, cfg.ValidationSeed, cfg.Validation = int64(try), int64(try), 0.05+0.3*r.Float64()
		p := planned(t, cfg, worldOf(repositories(sizes...)))
		want := cfg.Validation * float64(total)
		best := want
		for mask := range 1 << len(sizes) {
			sum := 0
			for k, n := range sizes {
				sum += mask >> k & 1 * n
			}
			if 2*float64(sum) <= max(1, 1+cfg.Validation)*float64(total) {
				best = min(best, math.Abs(float64(sum)-want))
			}
		}
		off := math.Abs(float64(len(p.Validation)) - want)
		if off > best+worth*want+tiny {
			t.Errorf("%v: %d rows for %.1f, off by %.1f, and %.1f is possible", sizes, len(p.Validation), want, off, best)
		}
		if float64(len(p.Validation)) > 2*want {
			t.Errorf("%v: %d rows for %.1f", sizes, len(p.Validation), want)
		}
	}
}

func TestAGiantRepositoryIsNotSetAside(t *testing.T) {
	small := slices.Repeat([]int{4}, 25)
	for seed := range int64(50) {
		cfg := selectionConfig("all", Trajectories, 0)
		cfg.ValidationSeed = seed
		p := planned(t, cfg, worldOf(repositories(append(small, 900)...)))
		if len(p.Validation) != 20 {
			t.Errorf("seed %d: %d rows of 1,000 for 2 %%", seed, len(p.Validation))
		}
	}
}

func TestManyRepositoriesOfAnySizeComeNear(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 9))
	for range 50 {
		sizes := make([]int, 13+r.IntN(60))
		total := 0
		for k := range sizes {
			sizes[k] = 1 + r.IntN(1+r.IntN(200))
			total += sizes[k]
		}
		cfg := selectionConfig("all", Trajectories, 0)
		cfg.Validation = 0.1
		p := planned(t, cfg, worldOf(repositories(sizes...)))
		if want := cfg.Validation * float64(total); math.Abs(float64(len(p.Validation))-want) > max(1, 0.1*want) {
			t.Errorf("%v: %d rows for %.1f", sizes, len(p.Validation), want)
		}
	}
}

func TestTheValidationSideIsMixedAsTheTrainSide(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, unit := range []Unit{Trajectories, Tokens} {
		for _, budget := range []int64{0, 300} {
			var rows []row
			for i := range 3000 {
				rows = append(rows, row{source: min(i%10, 2), id: fmt.Sprint(i), repo: fmt.Sprint("o/r", r.IntN(300)), tokens: 1000 + r.IntN(1000)})
			}
			cfg := testConfig(3)
			cfg.Unit, cfg.Budget, cfg.Validation = unit, budget, 0.1
			if unit == Tokens {
				cfg.Budget *= 1500
			}
			for k, share := range []float64{0, 0.7, 0.3} {
				cfg.Sources[k].Share, cfg.Sources[k].PerInstance = share, 0
			}
			w := worldOf(rows)
			p := planned(t, cfg, w)
			if len(p.Validation) < 20 {
				t.Errorf("%s, budget %d: %d rows", unit, budget, len(p.Validation))
			}
			for k, line := range p.Mix {
				total := side(p.Validation, w.items)
				got := float64(line.Validation.Records) / float64(total.Rows)
				if math.Abs(got-cfg.Sources[k].Share) > 0.05 {
					t.Errorf("%s, budget %d: source %d is %.2f of validation, its share is %.2f", unit, budget, k, got, cfg.Sources[k].Share)
				}
			}
			if p.Mix[0].Validation.Records+p.Mix[0].Got.Records > 0 {
				t.Error("a source with share 0 is somewhere")
			}
		}
	}
}

func TestARepeatIsLeftToTheScarcerSource(t *testing.T) {
	var rows []row
	for i := range 300 {
		rows = append(rows, row{source: 0, id: fmt.Sprint("a", i), text: fmt.Sprint(i)})
	}
	for i := range 40 {
		rows = append(rows, row{source: 1, id: fmt.Sprint("b", i), text: fmt.Sprint(i)})
	}
	for _, c := range []struct {
		sampler string
		shares  [2]float64
		keeps   int32 // the source that keeps what both have
	}{
		{"all", [2]float64{1, 1}, 1}, {"proportional", [2]float64{1, 100}, 1}, {"shares", [2]float64{1, 1}, 1},
		{"shares", [2]float64{20, 1}, 0}, {"shares", [2]float64{1, 0}, 0}, {"shares", [2]float64{0, 1}, 1},
	} {
		cfg := selectionConfig(c.sampler, Trajectories, 0)
		cfg.Sources[0].Share, cfg.Sources[1].Share = c.shares[0], c.shares[1]
		w := worldOf(rows)
		planned(t, cfg, w)
		for e := range w.entries.all() {
			if e.Outcome != Duplicate {
				continue
			}
			if w.items[e.item].Source == c.keeps {
				t.Fatalf("%+v: the repeat of source %d is dropped", c, c.keeps)
			}
			if e.of < 0 {
				t.Fatalf("%+v: no record is kept for a repeat", c)
			}
			if kept := w.entries.entry(e.of); kept.Outcome == Duplicate || w.items[kept.item].Digest != w.items[e.item].Digest {
				t.Fatalf("%+v: the record kept for a repeat is %+v", c, kept)
			}
		}
		if n := len(w.outcomes(Duplicate)); n != 40 {
			t.Errorf("%+v: %d repeats, want 40", c, n)
		}
	}
}

func TestTwoSourcesOfTheSameRecordsShareThem(t *testing.T) {
	var rows []row
	for i := range 600 {
		rows = append(rows, row{source: i % 2, id: fmt.Sprint("a", i/2), text: fmt.Sprint(i / 2)})
	}
	cfg := selectionConfig("shares", Trajectories, 0)
	cfg.Validation, cfg.Sources[0].Share, cfg.Sources[1].Share = 0, 1, 1
	p := planned(t, cfg, worldOf(rows))
	if len(p.Train) < 240 {
		t.Errorf("%d rows of 300 texts that both sources have", len(p.Train))
	}
}

func TestIdsAreUniqueInADataset(t *testing.T) {
	rows := []row{
		{id: "x", text: "1"}, {id: "x", text: "2"}, {source: 1, id: "x", text: "3"}, {id: "y", text: "4"},
		{id: "z", text: "5"}, {id: "z", text: "5"}, {id: fmt.Sprintf("x-%08x", crc32.ChecksumIEEE([]byte("1"))), text: "6"},
	}
	for _, unique := range []string{UniqueContent, UniqueNone} {
		cfg := selectionConfig("all", Trajectories, 0)
		cfg.Validation, cfg.Unique = 0, unique
		w := worldOf(rows)
		p := planned(t, cfg, w)
		seen := map[string]bool{}
		for _, i := range p.Train {
			id := w.entries.entry(int(i)).ID
			if seen[id] {
				t.Errorf("unique %s: %s stands twice", unique, id)
			}
			seen[id] = true
		}
		if !seen["y"] || seen["x"] || unique == UniqueContent && !seen["z"] {
			t.Errorf("unique %s: the ids are %v", unique, slices.Sorted(maps.Keys(seen)))
		}
		slices.Reverse(rows)
		again := worldOf(rows)
		planned(t, cfg, again)
		slices.Reverse(rows)
		if a, b := w.outcomes(Kept), again.outcomes(Kept); !maps.Equal(a, b) {
			t.Errorf("unique %s: in another order the ids are %v, not %v", unique, b, a)
		}
	}
}

func TestSeedsDecideTheirOwnChoices(t *testing.T) {
	rows := many(rand.New(rand.NewPCG(1, 1)), 2000, true)
	outcome := func(seed, validation int64) (*world, *plan) {
		cfg := selectionConfig("proportional", Trajectories, 200)
		cfg.Seed, cfg.ValidationSeed = seed, validation
		w := worldOf(rows)
		return w, planned(t, cfg, w)
	}
	a, _ := outcome(1, 1)
	b, _ := outcome(2, 1)
	c, _ := outcome(1, 2)
	if !maps.Equal(a.outcomes(Validation), b.outcomes(Validation)) || maps.Equal(a.outcomes(Kept), b.outcomes(Kept)) {
		t.Error("the data seed does not decide the rows, or decides what is set aside")
	}
	if maps.Equal(a.outcomes(Validation), c.outcomes(Validation)) || lost(a.outcomes(Kept), c.outcomes(Kept)) > 20 {
		t.Errorf("the validation seed does not decide what is set aside, or decides the rows: %d others", lost(a.outcomes(Kept), c.outcomes(Kept)))
	}
}
