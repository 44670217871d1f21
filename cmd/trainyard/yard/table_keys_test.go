package yard

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"trainyard/recipes"
)

func TestAKeyOfTheRecipesIsFoundByItsLastPart(t *testing.T) {
	s, err := recipes.LoadSweep("mixes-demo", recipes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	known := &knownSweep{name: s.Name}
	for _, c := range s.Cells {
		known.cells = append(known.cells, knownCell{Cell: c})
	}
	for asked, want := range map[string]string{
		"arm": "arm", "seed": "train.seed", "fraction": "mix.fraction", "mix.seed": "mix.seed",
		"lrr": "has no such key", "share": "it may be sources.", "train.lrr": `did you mean "train.lr"?`,
	} {
		if got, err := known.keyNamed(asked, axesOf(known.cells)); got != want && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("by %s: %q, %v", asked, got, err)
		}
	}
	if got := known.cells[0].valuesOf([]string{"arm", "mix.fraction", "train.seed", "none"}); !slices.Equal(got, []string{"quarter", "0.25", "1", ""}) {
		t.Errorf("%q", got)
	}
}

func TestRowsAreSortedBySizeWhereTheirKeyIsANumber(t *testing.T) {
	var rows []TableRow
	for _, v := range []string{"10", "adam", "9", "1e-5", "", "2"} {
		rows = append(rows, TableRow{Values: []string{v}})
	}
	slices.SortStableFunc(rows, byKey(0))
	var got []string
	for _, r := range rows {
		got = append(got, r.Values[0])
	}
	if want := []string{"1e-5", "2", "9", "10", "", "adam"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", fmt.Sprint(got), want)
	}
}
