package yard

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"trainyard/launch"
	"trainyard/mix"
	"trainyard/recipes"
)

const twoRates = "  matrix: [{key: train.lr, values: [1e-5, 2e-5]}]\n"

// runsOf are the runs of each row of a table.
func (y *compareYard) runsOf(t *testing.T, file string) (runs [][]string) {
	t.Helper()
	table, err := y.Table(t.Context(), TableRequest{Sweep: file})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range table.Rows {
		runs = append(runs, row.Runs)
	}
	return runs
}

// sweepFile is a sweep with a name of its own.
func sweepFile(t *testing.T, name, block string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name+".yaml")
	write(t, file, "name: "+name+"\nextends: demo\nsweep:\n"+block)
	return file
}

// launched puts a run into the ledger that a launch of a cell's recipe asked for.
func (y *compareYard) launched(t *testing.T, id string, c recipes.Cell, hash, name string) {
	t.Helper()
	job := c.Recipe.Job()
	job.Backend, job.Cell, job.CellName = "local", hash, name
	ended(t, y.l.Ledger, id, job)
}

func cellsOfFile(t *testing.T, file string) []recipes.Cell {
	t.Helper()
	s, err := recipes.LoadSweep(file, recipes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Cells
}

// A team's ledger has the runs, and the datasets are on a colleague's machine.
func TestATableFindsCellsThatOthersRan(t *testing.T) {
	y := newCompareYard(t)
	_, ids := judgedSweep(t, y.Yard, twoRates, 10) // the sweep s
	same := sweepFile(t, "t", twoRates)
	if got := y.runsOf(t, same); fmt.Sprint(got) != fmt.Sprint([][]string{ids[:1], ids[1:]}) {
		t.Errorf("of another sweep: %v, not %v", got, ids)
	}
	c, err := y.Compare(t.Context(), CompareRequest{What: []string{same}})
	if err != nil || len(c.Sides) != 2 || len(c.Evaluations) != 1 {
		t.Errorf("compared: %+v, %v", c, err)
	}

	more := sweepFile(t, "u", "  matrix: [{key: train.lr, values: [1e-5, 4e-5, 8e-5]}]\n")
	y.launched(t, "one-alone", cellsOfFile(t, more)[1], "h", "")
	if got := y.runsOf(t, more); fmt.Sprint(got) != fmt.Sprint([][]string{ids[:1], {"one-alone"}, {}}) {
		t.Errorf("of another sweep, of a launch, and of none: %v", got)
	}

	repeated := sweepFile(t, "v", "  repeat: 2\n")
	cells := cellsOfFile(t, repeated)
	y.launched(t, "second", cells[1], "h2", cells[1].Name)
	if got := y.runsOf(t, repeated); fmt.Sprint(got) != "[[] [second]]" {
		t.Errorf("a second repeat: %v", got)
	}
}

// Of one recipe on other inputs, what the dataset that is there says counts.
func TestATableFindsCellsByTheDatasetOfAnotherName(t *testing.T) {
	y := newCompareYard(t)
	file := sweepFile(t, "t", twoRates)
	cells := cellsOfFile(t, file)
	other := *cells[0].Recipe
	other.Name = "other"
	done, err := y.prepare(t.Context(), &other, PrepareRequest{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := mix.OpenDataset(done.Out)
	if err != nil {
		t.Fatal(err)
	}
	y.launched(t, "these-inputs", cells[0], cellOf(cells[0].Recipe, d.Manifest, 0), "")
	y.launched(t, "other-inputs", cells[0], "of other inputs", "") // the newer one
	if got := y.runsOf(t, file); fmt.Sprint(got) != "[[these-inputs] []]" {
		t.Errorf("%v", got)
	}
	p, err := y.PlanSweep(t.Context(), SweepRequest{File: file, Launch: LaunchRequest{Backend: "local"}}, nil)
	if err != nil || p.Cells[0].Run == nil || p.Cells[0].Run.ID != "these-inputs" {
		t.Errorf("sweep status says otherwise: %+v, %v", p, err)
	}

	twice := sweepFile(t, "w", "  arms: [{name: a}, {name: b, set: {train.lr: "+fmt.Sprint(cells[0].Recipe.Train.LR)+"}}, {name: c}]\n")
	base := cellsOfFile(t, twice)
	y.launched(t, "base", base[0], cellOf(base[0].Recipe, d.Manifest, 0), "")
	table, err := y.Table(t.Context(), TableRequest{Sweep: twice})
	if err != nil {
		t.Fatal(err)
	}
	if table.Rows[2].Same != "a" || !slices.Equal(table.Rows[0].Runs, []string{"base"}) {
		t.Errorf("one content: %+v", table.Rows)
	}
}

func TestRecipeRunsAreTrainings(t *testing.T) {
	y := newCompareYard(t)
	ended(t, y.l.Ledger, "trained", launch.Job{Recipe: "r", Fingerprint: "f", Trainer: "smoke", Backend: "local"})
	ended(t, y.l.Ledger, "another", launch.Job{Recipe: "r", Fingerprint: "g", Trainer: "smoke", Backend: "local"})
	found, err := y.l.Ledger.RecipeRuns(t.Context(), []string{"f", "none"})
	if err != nil || len(found) != 1 || len(found["f"]) != 1 || found["f"][0].ID != "trained" {
		t.Errorf("%+v, %v", found, err)
	}
}
