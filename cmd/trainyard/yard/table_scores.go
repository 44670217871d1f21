package yard

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"trainyard/launch/result"
	"trainyard/launch/stats"
)

// A TableBest says which recipe did best, and whether the next one can be told from it.
// In a table of cells those that differ by the seed alone are one recipe, all of whose
// rows are marked.
type TableBest struct {
	Name  string `json:"name"` // of the row, or the group of rows
	Next  string `json:"next"`
	Among int    `json:"among"` // rows or groups that were judged
	// Difference is the best minus the next. Its level is higher than that of the table
	// where more than two were judged, as P is: the best of many is ahead by luck more
	// often than one of two.
	Difference stats.Estimate `json:"difference"`
	P          float64        `json:"p"`         // times Among less one
	Separable  bool           `json:"separable"` // the interval leaves out zero
}

// units are what is told apart: the rows, or where these are cells the groups of cells
// that differ by the seed alone.
func (t *SweepTable) units(groups [][]*knownCell) (of []int, names []string) {
	at := map[string]int{}
	for i, row := range t.Rows {
		name := row.Name
		if !t.Grouped {
			name = groups[i][0].Group
		}
		n, there := at[name]
		if !there {
			n, at[name] = len(names), len(names)
			names = append(names, name)
		}
		of = append(of, n)
	}
	return of, names
}

// judge fills in the columns of evaluations.
func (t *SweepTable) judge(ahead *resultsAhead, known *knownSweep, groups [][]*knownCell, choosing Choosing) error {
	var sides []Side
	for _, row := range t.Rows {
		sides = append(sides, row.sides...)
	}
	byRun, err := ahead.of(idsOf(sides))
	if err != nil {
		return err
	}
	choosing = choosing.among(byRun)
	found := judgedSides(byRun, sides, choosing)
	for _, e := range keysOfResults(found) {
		t.Evaluations = append(t.Evaluations, TableColumn{ResultKey: e, Title: e.String()})
	}
	t.addSlots(known, groups, choosing)
	if err := choosing.judgedNone(byRun, sides, found, t.slots(known, groups)); err != nil {
		return err
	}
	columns := make([][]TableScore, len(t.Evaluations))
	faults := make([]error, len(t.Evaluations))
	unitOf, units := t.units(groups)
	var working sync.WaitGroup
	for i := range t.Evaluations {
		working.Go(func() { columns[i], faults[i] = t.column(&t.Evaluations[i], sides, found, unitOf, units) })
	}
	working.Wait()
	for i, err := range faults {
		if err != nil {
			return fmt.Errorf("%s: %w", t.Evaluations[i].Title, err)
		}
	}
	for r := range t.Rows {
		for i := range t.Evaluations {
			score := columns[i][r]
			if score.Published = t.publishedFor(groups[r], t.Evaluations[i]); score.Published != nil {
				t.Evaluations[i].Published = true
			}
			t.Rows[r].Scores = append(t.Rows[r].Scores, score)
		}
	}
	t.publishedLines(known)
	t.Remarks = append(otherSteps(sides, found), t.unnamed()...)
	return nil
}

// unnamed tells of columns whose results do not name all that was to be judged.
func (t *SweepTable) unnamed() (remarks []string) {
	for i, e := range t.Evaluations {
		rows := 0
		for _, r := range t.Rows {
			rows += one(r.Scores[i].Unnamed > 0)
		}
		if rows > 0 {
			remarks = append(remarks, fmt.Sprintf("%s: results of %d of the rows do not name all instances that were to be judged: their means are over all, and what is not named is not solved", e.Title, rows))
		}
	}
	return remarks
}

// addSlots adds columns for benchmarks without results: those that the sweep is to be
// judged on, and those with published figures.
func (t *SweepTable) addSlots(known *knownSweep, groups [][]*knownCell, choosing Choosing) {
	for i, name := range t.slots(known, groups) {
		has := func(e TableColumn) bool { return t.fitsColumn(e, name) }
		if i < len(known.benchmarks) { // which may be reported by any metric
			has = func(e TableColumn) bool { return result.Fits(e.Benchmark, name) }
		}
		if slices.ContainsFunc(t.Evaluations, has) || !choosing.wants(name) || choosing.Metric != "" {
			continue
		}
		e := ResultKey{Benchmark: result.Benchmark(name)}
		t.Evaluations = append(t.Evaluations, TableColumn{ResultKey: e, Title: e.String(), Share: true})
	}
}

// slots are the benchmarks that a sweep names: those that it is to be judged on, then those
// with published figures.
func (t *SweepTable) slots(known *knownSweep, groups [][]*knownCell) (names []string) {
	for _, j := range known.benchmarks {
		names = append(names, j.Name)
	}
	for _, cells := range groups {
		for _, c := range cells {
			for _, p := range c.Published {
				names = append(names, p.Name)
			}
		}
	}
	return names
}

// column is what each row came to in one evaluation.
func (t *SweepTable) column(e *TableColumn, sides []Side, found []judgedRuns, unitOf []int, units []string) ([]TableScore, error) {
	scores, cells := make([]TableScore, len(sides)), make([]stats.Cell, len(sides))
	var all []stats.Run
	var figures []float64
	for i, s := range sides {
		cells[i].Name = s.Name
		runs := found[i][e.ResultKey]
		for _, r := range s.Runs {
			of := runs[r.ID]
			if of == nil {
				continue
			}
			if scores[i].Seeds++; len(of.scores) > 0 {
				cells[i].Runs = append(cells[i].Runs, of.run(r.ID))
				scores[i].Unnamed += of.unnamed
				e.unpaired = e.unpaired || of.unpairable()
			}
		}
		scores[i].Figure = meanFigure(s, runs)
		if f := scores[i].Figure; f != nil {
			figures = append(figures, *f)
		}
		all = append(all, cells[i].Runs...)
	}
	if e.Lower = result.LowerIsBetter(e.Metric); len(all)+len(figures) > 0 {
		e.Share = isShare(e.Metric, all, figures...)
	}
	for i, c := range cells {
		if len(c.Runs) == 0 {
			continue
		}
		m, err := stats.Mean(c, t.Level)
		if err != nil {
			return nil, err
		}
		if e.Share {
			m = m.Within(0, 1)
		}
		scores[i].Mean = &m
	}
	t.pool(e, cells, scores, unitOf, units)
	return scores, nil
}

// pool puts the cells of each unit together, finds the noise floor over them, and marks
// the best one where it can be told from the next.
func (t *SweepTable) pool(e *TableColumn, cells []stats.Cell, scores []TableScore, unitOf []int, units []string) {
	together, sums := make([]stats.Cell, len(units)), map[string]float64{}
	for i, c := range cells {
		if t.Rows[i].Same != "" {
			continue
		}
		u := &together[unitOf[i]]
		if u.Name, u.Runs = units[unitOf[i]], append(u.Runs, c.Runs...); scores[i].Mean != nil {
			sums[u.Name] += scores[i].Mean.Value * float64(len(c.Runs))
		}
	}
	if floor, err := stats.NoiseOver(together, t.Level); err == nil {
		e.Noise = &floor
	}
	if e.best(together, sums, t.Level); e.Best != nil && e.Best.Separable {
		for i := range scores {
			scores[i].Best = scores[i].Mean != nil && units[unitOf[i]] == e.Best.Name
		}
	}
}

// meanFigure is the mean over the runs of a side that have figures alone; nil where none
// has.
func meanFigure(s Side, runs map[string]*judged) *float64 {
	sum, n := 0.0, 0.0
	for _, r := range s.Runs {
		if of := runs[r.ID]; of != nil && len(of.scores) == 0 && of.figure != nil {
			sum, n = sum+of.figure.Value, n+1
		}
	}
	if n == 0 {
		return nil
	}
	mean := sum / n
	return &mean
}

// best holds the best recipe against the next one; where they share no instance nothing
// can be said.
func (e *TableColumn) best(cells []stats.Cell, sums map[string]float64, level float64) {
	cells = slices.DeleteFunc(slices.Clone(cells), func(c stats.Cell) bool { return len(c.Runs) == 0 })
	if len(cells) < 2 {
		return
	}
	mean := func(c stats.Cell) float64 { return sums[c.Name] / float64(len(c.Runs)) }
	slices.SortStableFunc(cells, func(a, b stats.Cell) int { return e.better(mean(a), mean(b)) })
	others := float64(len(cells) - 1)
	d, p, err := e.differ(cells[1], cells[0], 1-(1-level)/others)
	if err != nil {
		return
	}
	if e.Share {
		d = d.Within(-1, 1)
	}
	p = math.Min(1, p*others)
	e.Best = &TableBest{Name: cells[0].Name, Next: cells[1].Name, Among: len(cells), Difference: d, P: p, Separable: stats.Separable(d, p, level)}
}

// better orders two means, the better one first.
func (e *TableColumn) better(a, b float64) int {
	if e.Lower {
		return cmp.Compare(a, b)
	}
	return cmp.Compare(b, a)
}

// differ is the second cell minus the first, by pairs of instances where both have one
// run, and else over instances and seeds. Where results name what they solved alone, two
// runs are compared by their counts.
func (e *TableColumn) differ(first, second stats.Cell, level float64) (stats.Estimate, float64, error) {
	o := stats.Options{Level: level}
	alone := len(first.Runs) == 1 && len(second.Runs) == 1
	switch {
	case e.unpaired && (!alone || e.Metric != ""):
		return stats.Estimate{}, 0, errors.New("results that name what they solved alone have neither pairs nor counts")
	case e.unpaired:
		solvedA, nA, _ := countOf(nil, first)
		solvedB, nB, _ := countOf(nil, second)
		t, err := stats.RateTest(solvedA, nA, solvedB, nB, level)
		return t.Estimate, t.P, err
	case alone:
		c, err := stats.Compare(stats.Run{Name: first.Name, Scores: first.Runs[0].Scores}, stats.Run{Name: second.Name, Scores: second.Runs[0].Scores}, o)
		return c.Difference, c.Test.P, err
	}
	c, err := stats.CompareCells(first, second, o)
	return c.Difference.Estimate, c.Difference.P, err
}

// TableSorts are the columns that rows can be sorted by beside the benchmarks.
var TableSorts = []string{"cell", "dollars", "hours", "steps", "tokens"}

// sort orders the rows; those without a value come last.
func (t *SweepTable) sort(req TableRequest) error {
	if req.Sort == "" {
		if req.Reverse {
			slices.Reverse(t.Rows)
		}
		return nil
	}
	if key := slices.IndexFunc(t.Keys, func(k string) bool { return isNamed(k, req.Sort) }); key >= 0 && !slices.Contains(TableSorts, req.Sort) {
		slices.SortStableFunc(t.Rows, byKey(key))
		if req.Reverse {
			slices.Reverse(t.Rows)
		}
		return nil
	}
	value, lower, err := t.sortKey(req.Sort)
	if err != nil {
		return err
	}
	if req.Sort == "cell" {
		slices.SortStableFunc(t.Rows, func(a, b TableRow) int { return strings.Compare(a.Name, b.Name) })
	} else {
		slices.SortStableFunc(t.Rows, func(a, b TableRow) int {
			x, y := value(a), value(b)
			switch {
			case x == nil || y == nil:
				return cmp.Compare(one(x == nil), one(y == nil))
			case lower:
				return cmp.Compare(*x, *y)
			}
			return cmp.Compare(*y, *x)
		})
	}
	if req.Reverse {
		slices.Reverse(t.Rows)
	}
	return nil
}

// sortKey reads the name of a column.
func (t *SweepTable) sortKey(name string) (value func(TableRow) *float64, lower bool, err error) {
	ofCount := func(n *int64) *float64 {
		if n == nil {
			return nil
		}
		v := float64(*n)
		return &v
	}
	switch name {
	case "cell":
		return nil, false, nil
	case "dollars":
		return func(r TableRow) *float64 { return r.Dollars }, true, nil
	case "hours":
		return func(r TableRow) *float64 { return r.GPUHours }, true, nil
	case "steps":
		return func(r TableRow) *float64 { return ofCount(r.Steps) }, true, nil
	case "tokens":
		return func(r TableRow) *float64 { return ofCount(r.Trained) }, true, nil
	}
	i, err := t.columnNamed(name)
	if err != nil {
		return nil, false, err
	}
	return func(r TableRow) *float64 {
		if m := r.Scores[i].Mean; m != nil {
			return &m.Value
		}
		return r.Scores[i].Figure
	}, t.Evaluations[i].Lower, nil
}

// columnNamed is the evaluation that a name means: the one of that title, else of that
// benchmark, else the only one that begins with it.
func (t *SweepTable) columnNamed(name string) (int, error) {
	columns := slices.Concat(TableSorts, t.Keys)
	for _, e := range t.Evaluations {
		columns = append(columns, e.Title)
	}
	for _, means := range []func(TableColumn) bool{
		func(e TableColumn) bool { return e.Title == name },
		func(e TableColumn) bool { return result.Same(e.Benchmark, name) && e.Metric == "" },
		func(e TableColumn) bool { return result.Same(e.Benchmark, name) },
		func(e TableColumn) bool { return result.Fits(e.Benchmark, name) },
	} {
		var found []int
		for i, e := range t.Evaluations {
			if means(e) {
				found = append(found, i)
			}
		}
		switch {
		case len(found) == 1:
			return found[0], nil
		case len(found) > 1:
			return 0, fmt.Errorf("sort by %q: several columns begin with it; there are %s", name, strings.Join(columns, ", "))
		}
	}
	return 0, fmt.Errorf("sort by %q: there are %s", name, strings.Join(columns, ", "))
}
