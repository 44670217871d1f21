package yard

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/launch/result"
	"trainyard/launch/stats"
	"trainyard/launch/sweep"
	"trainyard/recipes"
)

// A TableRequest says which sweep, and how its cells are told.
type TableRequest struct {
	Sweep     string   `json:"sweep"` // the file of one, one that is built in, or the name of one that ran
	Overrides []string `json:"overrides,omitempty"`
	Trainer   string   `json:"trainer,omitempty"` // instead of the recipe's, as its cells were run with
	// By are the keys that make a row: arm, mix, or a key of an axis or of the recipes,
	// whole or its last part; group is all but the seed. Empty: a row for each cell.
	By []string `json:"by,omitempty"`
	// Sort is a column: cell, tokens, steps, hours, dollars, a key that has one, or a
	// benchmark, of which the best comes first. Empty: as the file lists them.
	Sort    string `json:"sort,omitempty"`
	Reverse bool   `json:"reverse,omitempty"`
	Choosing
	Level float64 `json:"level,omitempty"` // of intervals; 0 means 0.95
}

// A SweepTable is a sweep as mixes by seeds by evaluations by dollars.
type SweepTable struct {
	Name        string        `json:"name"`
	Summary     string        `json:"summary,omitempty"`
	Keys        []string      `json:"keys"` // of the rows: the axes, or what they are grouped by
	Grouped     bool          `json:"grouped"`
	Level       float64       `json:"level"`
	Evaluations []TableColumn `json:"evaluations"` // a column each
	Rows        []TableRow    `json:"rows"`
	// Published are figures of what no cell is, such as a model that was not trained, and
	// Source says where all published ones come from.
	Published []PublishedLine `json:"published,omitempty"`
	Source    string          `json:"published_source,omitempty"`
	Remarks   []string        `json:"remarks,omitempty"`
}

// A TableColumn is one benchmark and split that cells were judged on, or for which
// there are published figures.
type TableColumn struct {
	ResultKey
	Title string `json:"title"` // with the metric
	Share bool   `json:"share"` // means are shares, read in per cent
	Lower bool   `json:"lower_is_better,omitempty"`
	// Published says that some row has a published figure.
	Published bool              `json:"published"`
	Noise     *stats.NoiseFloor `json:"noise_floor,omitempty"`
	Best      *TableBest        `json:"best,omitempty"` // nil where fewer than two rows have results

	unpaired bool // results name what they solved alone
}

// A PublishedLine is what others came to with something that no cell is.
type PublishedLine struct {
	Name    string     `json:"name"`
	Figures []*float64 `json:"figures"` // in the order of the evaluations, in the unit of their means; nil: none
}

// A TableRow is one cell, or the cells of a group.
type TableRow struct {
	Name   string              `json:"name"`
	Values []string            `json:"values"` // of SweepTable.Keys
	Cells  int                 `json:"cells"`  // of different contents
	Runs   []string            `json:"runs"`   // their ids
	States map[sweep.State]int `json:"states"`
	Same   string              `json:"same_as,omitempty"` // of a single cell: the one whose content it has
	// Trained, Steps are means of the runs; nil is not known of all.
	Trained *int64       `json:"trained_tokens"`
	Steps   *int64       `json:"steps"`
	Total                // of all runs together
	Scores  []TableScore `json:"scores"` // in the order of the evaluations

	sides []Side
}

// A TableScore is what a row came to in one evaluation, beside what others did.
type TableScore struct {
	Seeds     int             `json:"seeds"`               // runs that were judged
	Mean      *stats.Estimate `json:"mean"`                // nil: not judged, or figures alone
	Figure    *float64        `json:"figure,omitempty"`    // of runs that have figures alone, their mean
	Published *float64        `json:"published,omitempty"` // in the unit of the mean
	Best      bool            `json:"best,omitempty"`      // separable from the next
	// Unnamed is how many instances of its runs were to be judged and are not named: the
	// mean has them as not solved.
	Unnamed int `json:"unnamed,omitempty"`
}

// Table tells what has become of a sweep, as the ledger has it. No dataset is planned:
// it takes a fraction of the time of a plan.
func (y *Yard) Table(ctx context.Context, req TableRequest) (*SweepTable, error) {
	if req.Level == 0 {
		req.Level = 0.95
	}
	if err := req.Check(); err != nil {
		return nil, err
	}
	l, err := y.Launcher()
	if err != nil {
		return nil, err
	}
	ahead := readAhead(ctx, l.Ledger, req.Sweep)
	defer ahead.wait()
	known, err := y.knownSweep(ctx, l, req.Sweep, recipes.Options{Overrides: req.Overrides, Trainer: req.Trainer})
	if err != nil {
		return nil, err
	}
	t := &SweepTable{Name: known.name, Summary: known.summary, Level: req.Level, Grouped: len(req.By) > 0, Evaluations: []TableColumn{}}
	groups, err := t.group(known, req.By)
	if err != nil {
		return nil, err
	}
	if err := t.learn(ctx, l.Ledger, groups); err != nil {
		return nil, err
	}
	if err := t.judge(ahead, known, groups, req.Choosing); err != nil {
		return nil, err
	}
	if t.Grouped {
		t.Remarks = append(t.Remarks, pooledOver(t, known)...)
	}
	return t, t.sort(req)
}

// Check refuses a step that can be none.
func (req TableRequest) Check() error { return req.check() }

// pooledOver tells of keys besides the seed by which cells of one row differ: what the
// interval is wide for is then not seeds alone.
func pooledOver(t *SweepTable, known *knownSweep) (remarks []string) {
	var over []string
	for _, key := range axesOf(known.cells) {
		if key != recipes.SeedKey && !slices.Contains(t.Keys, key) {
			over = append(over, key)
		}
	}
	if len(over) == 0 || len(t.Rows) == len(known.groups()) {
		return nil
	}
	return []string{"Rows pool cells that differ by " + strings.Join(over, ", ") + ", as if these were seeds"}
}

// group makes the rows, in the order of their first cells.
func (t *SweepTable) group(known *knownSweep, by []string) (groups [][]*knownCell, err error) {
	axes := axesOf(known.cells)
	if t.Keys = axes; len(by) > 0 {
		if t.Keys, err = chosenAxes(known, axes, by); err != nil {
			return nil, err
		}
		// The model of another stage is another one, whatever else its cells share.
		if slices.Contains(axes, recipes.StageKey) && !slices.Contains(t.Keys, recipes.StageKey) {
			t.Keys = append([]string{recipes.StageKey}, t.Keys...)
		}
	}
	at := map[string]int{}
	for i := range known.cells {
		c := &known.cells[i]
		values := c.valuesOf(t.Keys)
		name := c.Name
		if len(by) > 0 {
			name = groupName(t.Keys, values)
		}
		n, there := at[name]
		if !there {
			n, at[name] = len(groups), len(groups)
			t.Rows = append(t.Rows, TableRow{Name: name, Values: values, Runs: []string{}, States: map[sweep.State]int{}})
			groups = append(groups, nil)
		}
		groups[n] = append(groups[n], c)
	}
	return groups, nil
}

// axesOf are the keys that cells differ by, in their order.
func axesOf(cells []knownCell) (keys []string) {
	for _, c := range cells {
		for _, a := range c.Axes {
			if !slices.Contains(keys, a.Key) {
				keys = append(keys, a.Key)
			}
		}
	}
	return keys
}

// chosenAxes reads what rows are grouped by.
func chosenAxes(known *knownSweep, axes, by []string) (keys []string, err error) {
	add := func(asked string, more ...string) error {
		for _, key := range more {
			if slices.Contains(keys, key) {
				return fmt.Errorf("by %s: %q names %s, which has a column already (group is all keys but the seed)", strings.Join(by, ","), asked, key)
			}
			keys = append(keys, key)
		}
		return nil
	}
	for _, asked := range by {
		if asked == "group" {
			if err := add(asked, slices.DeleteFunc(slices.Clone(axes), func(k string) bool { return k == recipes.SeedKey })...); err != nil {
				return nil, err
			}
			continue
		}
		key, err := known.keyNamed(asked, axes)
		if err != nil {
			return nil, err
		}
		if err := add(asked, key); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// groupName is made as the names of cells are.
func groupName(keys, values []string) string {
	var parts []string
	for i, key := range keys {
		switch {
		case key == "arm" || key == "mix":
			parts = append(parts, values[i])
		default:
			parts = append(parts, key[strings.LastIndexByte(key, '.')+1:]+"="+values[i])
		}
	}
	if len(parts) == 0 {
		return "all"
	}
	return strings.Join(parts, ",")
}

// learn adds to rows what their cells' runs say. A cell whose content another one has
// counts there.
func (t *SweepTable) learn(ctx context.Context, ledger *launch.Ledger, groups [][]*knownCell) error {
	for i, cells := range groups {
		row := &t.Rows[i]
		side := Side{Name: row.Name}
		for _, c := range cells {
			if c.Same != "" {
				row.Same = c.Same
				if len(cells) > 1 {
					continue
				}
			} else {
				row.Cells++
			}
			row.States[c.State]++
			if c.Run != nil {
				side.Runs = append(side.Runs, sideRun(*c.Run))
				row.Runs = append(row.Runs, c.Run.ID)
			}
		}
		if row.Cells > 0 {
			row.Same = ""
		}
		if err := learnSide(ctx, ledger, &side); err != nil {
			return err
		}
		var steps []*int64
		for k := range side.Runs {
			steps = append(steps, stepsOfRun(&side.Runs[k]))
		}
		row.Trained, row.Steps, row.Total, row.sides = side.Trained, meanOf(steps), side.Total, []Side{side}
		if len(side.Runs) == 0 {
			row.Total = Total{}
		}
	}
	return nil
}

// stepsOfRun is not known of a trainer that told none.
func stepsOfRun(r *SideRun) *int64 {
	if r.TotalSteps == 0 && r.Step == 0 {
		return nil
	}
	return &r.Step
}

// publishedLines reads the figures of no cell by columns.
func (t *SweepTable) publishedLines(known *knownSweep) {
	t.Source = known.source
	for _, row := range known.published {
		line, any := PublishedLine{Name: row.Name}, false
		for i := range t.Evaluations {
			var figure *float64
			if at := slices.IndexFunc(row.Figures, func(p recipes.Published) bool { return t.fitsColumn(t.Evaluations[i], p.Name) }); at >= 0 {
				v := row.Figures[at].Value / 100
				figure, any = &v, true
				t.Evaluations[i].Published = true
			}
			line.Figures = append(line.Figures, figure)
		}
		if any {
			t.Published = append(t.Published, line)
		}
	}
}

// publishedFor is the published figure of cells that agree on it, in the unit of means.
func (t *SweepTable) publishedFor(cells []*knownCell, e TableColumn) *float64 {
	var found *float64
	for _, c := range cells {
		for _, p := range c.Published {
			if !t.fitsColumn(e, p.Name) {
				continue
			}
			v := p.Value / 100
			if found != nil && *found != v {
				return nil
			}
			found = &v
		}
	}
	return found
}

// fitsColumn says that a published figure, which is a rate, is of the kind that a column
// has. A column of that very benchmark comes before those that begin with its name, and
// one of verdicts before those of other scores.
func (t *SweepTable) fitsColumn(e TableColumn, published string) bool {
	if !result.Fits(e.Benchmark, published) || result.LowerIsBetter(e.Metric) {
		return false
	}
	return !slices.ContainsFunc(t.Evaluations, func(o TableColumn) bool {
		closer := result.Same(o.Benchmark, published) && !result.Same(e.Benchmark, published)
		return closer && !result.LowerIsBetter(o.Metric) || e.Metric != "" && o.Metric == "" && o.name() == e.name()
	})
}
