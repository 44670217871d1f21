package yard

import (
	"slices"
	"strings"
	"testing"

	"trainyard/launch/stats"
)

const gridSweep = "  arms: [{name: half, set: {mix.fraction: 0.5}}, {name: all}]\n  matrix: [{key: train.lr, values: [1e-3, 5e-2]}]\n  seeds: [1, 2]\n"

// Runs of one recipe may be pooled as seeds; of two they are, and it is told.
func TestRunsOfDifferentRecipesArePooledWithAWarningAndNamedByAll(t *testing.T) {
	y := newCompareYard(t)
	_, ids := judgedSweep(t, y.Yard, gridSweep, 40)
	c := y.compare(t, CompareRequest{What: []string{ids[0] + "," + ids[1], ids[2] + "," + ids[4]}})
	if names := []string{c.Sides[0].Name, c.Sides[1].Name}; !slices.Equal(names, []string{"half,lr=1e-3", "half,lr=5e-2 + all,lr=1e-3"}) {
		t.Errorf("%q", names)
	}
	warned := slices.DeleteFunc(slices.Clone(c.Warnings), func(w stats.Warning) bool { return w.Doubt != stats.OtherRecipes })
	if len(warned) != 1 || !strings.HasPrefix(warned[0].Words, "half,lr=5e-2 + all,lr=1e-3 pools runs of different recipes as if they were seeds: they differ by ") || !strings.Contains(warned[0].Words, "train.lr") {
		t.Errorf("%+v", c.Warnings)
	}
}

// What the refusal of a name for several arms says to write can be written.
func TestANameForSeveralArmsIsRefusedWithWhatCanBeNamed(t *testing.T) {
	y := newCompareYard(t)
	file, _ := judgedSweep(t, y.Yard, gridSweep, 40)
	_, err := y.Compare(t.Context(), CompareRequest{What: []string{"small=" + file + ":half", "big=" + file + ":all"}})
	if err == nil {
		t.Fatal("one name stands for two recipes")
	}
	first, rest, _ := strings.Cut(err.Error(), "\n")
	for _, faults := range []string{first, rest} {
		_, words, _ := strings.Cut(faults, "a name is for one: say ")
		said := strings.Split(words, " or ")
		if len(said) != 2 {
			t.Fatalf("%q", faults)
		}
		for _, word := range said {
			name, _, _ := strings.Cut(word, "=")
			other := map[string]string{"small": ":all,lr=5e-2", "big": ":half,lr=5e-2"}[name]
			c := y.compare(t, CompareRequest{What: []string{word, file + other}})
			if c.Sides[0].Name != name || len(c.Sides) != 2 || len(c.Sides[0].Runs) != 2 {
				t.Errorf("%s: %+v", word, c.Sides)
			}
		}
	}
}

func TestABenchmarkOrAStepWithoutAnyResultIsRefusedWithThoseThereAre(t *testing.T) {
	y := newCompareYard(t)
	file, ids := judgedSweep(t, y.Yard, gridSweep, 0)
	ten := int64(10)
	if _, err := y.Table(t.Context(), TableRequest{Sweep: file, Choosing: Choosing{Benchmark: "ants"}}); err == nil || !strings.Contains(err.Error(), "none on any benchmark yet") {
		t.Error(err)
	}
	for _, id := range ids {
		r := word("ruru")
		r.Step = &ten
		y.judge(t, id, r)
	}
	eleven := int64(11)
	for _, c := range []struct {
		choosing Choosing
		want     string
	}{
		{Choosing{Benchmark: "nope"}, `no result on "nope": there are ants`},
		{Choosing{Benchmark: "antz"}, `no result on "antz"; did you mean "ants"? There are ants`},
		{Choosing{Step: &eleven}, "no result at step 11: there are those of 10"},
	} {
		_, errTable := y.Table(t.Context(), TableRequest{Sweep: file, Choosing: c.choosing})
		_, errCompare := y.Compare(t.Context(), CompareRequest{What: ids[:2], Choosing: c.choosing})
		for _, err := range []error{errTable, errCompare} {
			if err == nil || err.Error() != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		}
	}
	if table, err := y.Table(t.Context(), TableRequest{Sweep: file, Choosing: Choosing{Benchmark: "ants", Step: &ten}}); err != nil || len(table.Evaluations) != 1 {
		t.Errorf("%+v, %v", table, err)
	}
}

func TestStagesAreRowsOfTheirOwn(t *testing.T) {
	known := &knownSweep{}
	for _, name := range []string{"small/half,seed=1", "small/half,seed=2", "large/half,seed=1"} {
		known.cells = append(known.cells, knownCell{Cell: cellNamed(name)})
	}
	table := &SweepTable{}
	if _, err := table.group(known, []string{"arm"}); err != nil || len(table.Rows) != 2 || !slices.Equal(table.Rows[1].Values, []string{"large", "half"}) {
		t.Errorf("%+v, %v", table.Rows, err)
	}
}
