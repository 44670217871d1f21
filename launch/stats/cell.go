package stats

import (
	"cmp"
	"fmt"
	"slices"
)

// A Cell is one recipe, run with one or several seeds.
type Cell struct {
	Name string
	Runs []Run // one a seed; their names must differ
}

// Pooled are two cells on the instances that all their runs judged.
type Pooled struct {
	First, Second string
	Names         []string    // of the shared instances, sorted
	A, B          [][]float64 // scores: one row a run, runs by name, columns in the order of Names
	Missing       int         // instances that some run judged and another did not
}

// Pool lines two cells up.
func Pool(first, second Cell) (Pooled, error) {
	all := slices.Concat(first.Runs, second.Runs)
	for _, c := range []Cell{first, second} {
		if err := c.check(); err != nil {
			return Pooled{}, err
		}
	}
	names := shared(all)
	if len(names) == 0 {
		return Pooled{}, fmt.Errorf("the runs of %q and %q judged no instance in common: are they of one benchmark?", first.Name, second.Name)
	}
	seen := map[string]bool{}
	for _, r := range all {
		for name := range r.Scores {
			seen[name] = true
		}
	}
	return Pooled{
		First: first.Name, Second: second.Name, Names: names,
		A: first.over(names), B: second.over(names), Missing: len(seen) - len(names),
	}, nil
}

// check refuses a cell without runs, runs that cannot be compared, and two runs of
// one name, whose order would be arbitrary.
func (c Cell) check() error {
	if len(c.Runs) == 0 {
		return fmt.Errorf("the cell %q has no judged run: leave it out of the comparison", c.Name)
	}
	named := map[string]bool{}
	for _, r := range c.Runs {
		if err := r.check(); err != nil {
			return fmt.Errorf("the cell %q: %w", c.Name, err)
		}
		if named[r.Name] {
			return fmt.Errorf("the cell %q has two runs named %q: a run counts once", c.Name, r.Name)
		}
		named[r.Name] = true
	}
	return nil
}

// byName are the runs sorted, so that the order of seeds changes nothing.
func (c Cell) byName() []Run {
	return slices.SortedFunc(slices.Values(c.Runs), func(a, b Run) int { return cmp.Compare(a.Name, b.Name) })
}

// over has a row of scores for each run.
func (c Cell) over(names []string) [][]float64 {
	rows := make([][]float64, 0, len(c.Runs))
	for _, r := range c.byName() {
		rows = append(rows, r.over(names))
	}
	return rows
}

// Averaged is the pair of the two cells' mean scores by instance: what a test of
// pairs, which knows no seeds, can be given. It says nothing of other seeds.
func (p Pooled) Averaged() Paired {
	return Paired{First: p.First, Second: p.Second, Names: p.Names, A: columnMeans(p.A), B: columnMeans(p.B)}
}

// columnMeans averages over the rows.
func columnMeans(rows [][]float64) []float64 {
	means := make([]float64, len(rows[0]))
	for i := range means {
		for _, row := range rows {
			means[i] += row[i]
		}
		means[i] /= float64(len(rows))
	}
	return means
}

// rowMeans averages over the columns.
func rowMeans(rows [][]float64) []float64 {
	means := make([]float64, len(rows))
	for r, row := range rows {
		means[r] = mean(row)
	}
	return means
}
