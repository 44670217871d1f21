package mix

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"trainyard/mix/sample"
)

// amountsConfig divides 2,000 rows of two sources.
func amountsConfig() *Config {
	cfg := selectionConfig("shares", Trajectories, 0)
	cfg.Sources[0].Share, cfg.Sources[1].Share = 1, 1
	return cfg
}

func TestARepeatedRowIsAnItemOfItsOwnWithAnIdOfItsOwn(t *testing.T) {
	cfg := amountsConfig()
	cfg.Validation, cfg.Budget, cfg.Amounts = 0, 1000, Amounts{Short: sample.Repeat}
	cfg.Sources[0].Amount = sample.Amount{By: sample.ByEpochs, N: 2.5}
	var rows []row
	for i := range 100 {
		rows = append(rows, row{source: 0, id: fmt.Sprint("a", i)})
	}
	rows = append(rows, row{source: 0, id: "a7-x2"})
	for i := range 200 {
		rows = append(rows, row{source: 1, id: fmt.Sprint("b", i)})
	}
	w := worldOf(rows)
	p := planned(t, cfg, w)
	names := map[string]int{}
	for _, i := range p.Train {
		name, renamed := p.Renamed[i]
		if !renamed {
			name = w.entries.ids.text(w.entries.lines[i].id) // items and lines run parallel here
		}
		names[name]++
	}
	if len(names) != len(p.Train) {
		t.Errorf("%d ids for %d rows", len(names), len(p.Train))
	}
	a, b := p.Mix[0], p.Mix[1]
	if a.Got.Records != 253 || a.Repeats.Records != 152 || b.Got.Records != 747 || b.Repeats.Records != 547 {
		t.Errorf("got %+v and %+v", a, b)
	}
	rowsOf := 0
	for e := range w.entries.all() {
		if e.Outcome != Kept {
			t.Errorf("%s is %s", e.ID, e.Outcome)
		}
		rowsOf += max(1, int(e.Rows))
	}
	if rowsOf != len(p.Train) {
		t.Errorf("outcomes tell of %d rows, and there are %d", rowsOf, len(p.Train))
	}
}

// Copies of a row lie apart: the shuffle gives each a place of its own.
func TestRepeatsLieApart(t *testing.T) {
	cfg := amountsConfig()
	cfg.Validation = 0
	for k := range cfg.Sources {
		cfg.Sources[k].Amount = sample.Amount{By: sample.ByEpochs, N: 2}
	}
	w := worldOf(many(rand.New(rand.NewPCG(1, 1)), 2000, false))
	p := planned(t, cfg, w)
	beside := 0
	for n := 1; n < len(p.Train); n++ {
		if w.items[p.Train[n]].ID == w.items[p.Train[n-1]].ID {
			beside++
		}
	}
	if len(p.Train) != 4000 || beside > 10 {
		t.Errorf("%d rows, %d beside themselves", len(p.Train), beside)
	}
}

// Leaving a source out changes amounts alone: the total and what is set aside
// stay, and of the other sources nothing goes.
func TestVerbsHoldTheTotalAndTheSides(t *testing.T) {
	rows := many(rand.New(rand.NewPCG(5, 1)), 3000, true)
	for i := range rows {
		rows[i].source = i % 3
	}
	whole := testConfig(3)
	whole.Unit, whole.Budget, whole.Validation = Trajectories, 300, 0.1
	for k := range whole.Sources {
		whole.Sources[k].PerInstance = 0
	}
	w := worldOf(rows)
	before := planned(t, whole, w)
	kept := w.outcomes(Kept)
	for name, amounts := range map[string]Amounts{"drop": {Drop: []string{"s0"}}, "only": {Only: []string{"s1", "s2"}}, "scale": {Scale: map[string]float64{"s0": 0}}} {
		cfg := *whole
		cfg.Amounts = amounts
		after := worldOf(rows)
		p := planned(t, &cfg, after)
		if len(p.Train) != len(before.Train) || p.Mix[0].Got.Records != 0 {
			t.Errorf("%s: %d rows, %d of them of s0, want %d and none", name, len(p.Train), p.Mix[0].Got.Records, len(before.Train))
		}
		if aside := after.outcomes(Validation); len(aside) == 0 || lostBut(w.outcomes(Validation), aside, "s0/") > 0 {
			t.Errorf("%s: other rows are set aside", name)
		}
		if gone := lostBut(kept, after.outcomes(Kept), "s0/"); gone > 0 {
			t.Errorf("%s costs %d rows of other sources their place", name, gone)
		}
	}
}

// lostBut counts what is gone, but for those of one source.
func lostBut(before, after map[string]bool, but string) (n int) {
	for id := range before {
		if !after[id] && !strings.HasPrefix(id, but) {
			n++
		}
	}
	return n
}

func TestSmallerFractionsLieInsideLargerOnesWhateverTheSampler(t *testing.T) {
	rows := many(rand.New(rand.NewPCG(7, 1)), 2000, true)
	for _, sampler := range slices.Sorted(maps.Keys(sample.Samplers)) {
		var last, aside map[string]bool
		for _, f := range []float64{0.05, 0.25, 0} {
			cfg := selectionConfig(sampler, Trained, 0)
			cfg.Amounts = Amounts{Fraction: f, Temperature: 2}
			w := worldOf(rows)
			p := planned(t, cfg, w)
			kept := w.outcomes(Kept)
			if lost(last, kept) > 0 || len(kept) <= len(last) {
				t.Errorf("%s: %d of %d rows are not in the mix of fraction %v", sampler, lost(last, kept), len(last), f)
			}
			if aside != nil && !maps.Equal(aside, w.outcomes(Validation)) {
				t.Errorf("%s: fraction %v has another validation side", sampler, f)
			}
			for k, line := range p.Mix {
				if want := float64(line.Had.Records) * f; f > 0 && max(line.Got.Records-int64(want), int64(want)-line.Got.Records) > 1+int64(want)/2 {
					t.Errorf("%s: fraction %v gives %d of the %d of source %d", sampler, f, line.Got.Records, line.Had.Records, k)
				}
			}
			last, aside = kept, w.outcomes(Validation)
		}
	}
}

func TestAShortSourceIsAnErrorThatNamesTheWaysOut(t *testing.T) {
	cfg := amountsConfig()
	cfg.Validation, cfg.Budget, cfg.Amounts = 0, 1000, Amounts{Short: sample.Fail}
	var rows []row
	for i := range 600 {
		rows = append(rows, row{source: min(1, i/100), id: fmt.Sprint(i)})
	}
	w := worldOf(rows)
	_, err := newPlanner(cfg, w.items, w.entries, w.repos, w.known).plan()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"s0 has 100 of the 500 trajectories asked: 400 are missing", "mix.budget=200", "mix.repeat.max=5"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
	for _, budget := range []int64{200, 201} { // what it names would do, and no more
		cfg.Budget = budget
		w := worldOf(rows)
		if _, err := newPlanner(cfg, w.items, w.entries, w.repos, w.known).plan(); (err == nil) != (budget == 200) {
			t.Errorf("a budget of %d: %v", budget, err)
		}
	}
}

func TestTrainedTokensAreAUnit(t *testing.T) {
	cfg := selectionConfig("shares", Trained, 500)
	cfg.Validation = 0
	cfg.Sources[0].Share, cfg.Sources[1].Share = 1, 4
	rows := many(rand.New(rand.NewPCG(5, 1)), 2000, false)
	p := planned(t, cfg, worldOf(rows)) // each trains 1 token
	if a, b := p.Mix[0].Got, p.Mix[1].Got; a.Trained != 100 || b.Trained != 400 || a.Records != 100 {
		t.Errorf("got %+v and %+v", a, b)
	}
}
