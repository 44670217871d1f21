package recipes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"trainyard/launch/sweep"
)

// A Sweep is a recipe and the cells that its sweep block makes of it.
type Sweep struct {
	Name    string      `json:"name"`
	Summary string      `json:"summary,omitempty"`
	Cells   []Cell      `json:"cells"` // in the order of the block, the first axis slowest
	Rules   sweep.Rules `json:"rules"`
	// Benchmarks are those that the cells are to be judged on, as the block lists them.
	Benchmarks []Benchmark `json:"benchmarks,omitempty"`
	// Published are figures of what no cell is; those of arms are with their cells. Source
	// says where all of them come from.
	Published []PublishedRow `json:"published,omitempty"`
	Source    string         `json:"published_source,omitempty"`
	// Stages are none where every cell is run.
	Stages []sweep.Stage `json:"stages,omitempty"`
}

// A Cell is one recipe of a sweep.
type Cell struct {
	// Name tells it from the others of the sweep: the arm, then what the axes say.
	Name string `json:"name"`
	Arm  string `json:"arm,omitempty"`
	// Group is the name without seed and repeat: cells of one group are one recipe, run again.
	Group string `json:"group"`
	// Stage is the number of its stage, from 0, and Variant its group without the stage:
	// what it has in common with cells of other stages. Both are empty where there are none.
	Stage   int    `json:"stage,omitempty"`
	Variant string `json:"variant,omitempty"`
	// Under is the recipe that the arm puts below the sweep's own; empty: none.
	Under     string      `json:"under,omitempty"`
	Overrides []string    `json:"overrides,omitempty"` // in the order in which they are laid over it
	Axes      []Axis      `json:"axes,omitempty"`      // what the block says of it, arm and mix first
	Repeat    int         `json:"repeat,omitempty"`    // from 1; 0 where the sweep repeats nothing
	Published []Published `json:"published,omitempty"` // what others came to with it
	Recipe    *Recipe     `json:"-"`
}

// An Axis is a key that the block of a sweep varies, arm and mix among them, and what
// it is in one cell, as an override spells it.
type Axis struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// SeedKey is the key that seeds vary, and StageKey that of stages: no key of a recipe.
const (
	SeedKey  = seedKey
	StageKey = "stage"
)

// maxCells bounds what a product of axes comes to.
const maxCells = 2000

// maxProduct bounds the combinations that are made before an exclude takes some out.
const maxProduct = 100 * maxCells

// productOf is how many combinations the dimensions have; it stops above maxProduct.
func productOf(dims []dimension) int {
	n := 1
	for _, d := range dims {
		if n *= len(d); n > maxProduct {
			break
		}
	}
	return n
}

// HasSweep reports whether the recipe has a sweep block.
func (r *Recipe) HasSweep() bool { return r.sweep != nil }

// LoadSweep reads a recipe with a sweep block, and every cell of it. The error is
// [Faults]: those of the block and those that a cell's recipe has, each once.
// Options.Overrides are laid over every cell before its own; one of a source, or of
// another item of a list, over those cells that have it.
func LoadSweep(nameOrPath string, o Options) (*Sweep, error) {
	o.parsed = parsedFiles{} // the cells are made of the same files
	o.some, o.Overrides = newSomeOverrides(o.Overrides), nil
	ofBase := o
	ofBase.Files = nil // cells are looked at, all of them
	base, err := LoadWith(nameOrPath, ofBase)
	if err != nil {
		return nil, err
	}
	if base.sweep == nil {
		return nil, Faults{{File: base.Files[len(base.Files)-1], Path: "sweep", Msg: "missing: the recipe is one run and no sweep", Hint: "write sweep: {seeds: [1, 2, 3]}, or launch it"}}
	}
	b := readBlock(base.sweep)
	l := &cellLoader{name: nameOrPath, o: o, base: base, block: b, arms: map[string]*Recipe{}, series: map[string]map[string][]string{}}
	cells := l.cells()
	o.some.blame(&l.block.faults)
	if err := l.block.faults.err(); err != nil {
		return nil, err
	}
	return &Sweep{Name: base.Name, Summary: base.Summary, Cells: cells, Rules: b.rules, Benchmarks: b.benchmarksOf(cells), Published: b.rows, Source: b.source, Stages: b.stagesOf()}, nil
}

// A cellLoader makes recipes of combinations.
type cellLoader struct {
	name   string
	o      Options
	base   *Recipe
	block  *sweepBlock
	arms   map[string]*Recipe             // loaded, by name
	series map[string]map[string][]string // the overrides of each mix, by arm and mix
}

// cells expands the block. A fault of the block itself hides what follows from it.
func (l *cellLoader) cells() []Cell {
	l.checkArms()
	dims := l.dimensions()
	l.checkKeys(dims)
	l.checkStages(dims)
	if len(l.block.faults) > 0 {
		return nil
	}
	if n := productOf(dims); n > maxProduct {
		l.block.faults.add(l.block.at, "sweep", fmt.Sprintf("its axes have more than %d combinations, and a sweep has at most %d cells", maxProduct, maxCells), "")
		return nil
	}
	combos, idle := expand(dims, l.block.exclude, l.block.include)
	for _, i := range idle {
		l.block.faults.add(l.block.exclude[i].at, fmt.Sprintf("sweep.exclude[%d]", i), "matches no combination", "an exclude that leaves nothing out is a mistake: remove it, or correct a value")
	}
	switch {
	case len(combos) == 0:
		l.block.faults.add(l.block.at, "sweep", "no cell is left of it", "exclude leaves out all of them")
	case len(combos)*max(1, l.block.repeat)*max(1, len(l.block.stages)) > maxCells:
		l.block.faults.add(l.block.at, "sweep", fmt.Sprintf("%d cells, a sweep has at most %d", len(combos)*max(1, l.block.repeat)*max(1, len(l.block.stages)), maxCells), "")
		return nil
	}
	return l.load(combos, dims)
}

func (l *cellLoader) load(combos []combo, dims []dimension) (cells []Cell) {
	names, taken := namer(dims), map[string]int{}
	for _, c := range l.staged(combos) {
		cell := l.cell(c.combo, c.set)
		cell.Name, cell.Group = cmp.Or(names(c.combo), "base"), cmp.Or(names(c.combo.without(seedKey)), "base")
		if c.stage != "" {
			cell.Stage, cell.Variant = c.index, cell.Group
			cell.Name, cell.Group = c.stage+"/"+cell.Name, c.stage+"/"+cell.Group
			cell.Axes = append(cell.Axes, Axis{StageKey, c.stage})
		}
		for _, p := range c.combo {
			cell.Axes = append(cell.Axes, Axis{p.key, p.text})
		}
		if taken[cell.Name]++; taken[cell.Name] > 1 {
			cell.Name = fmt.Sprintf("%s~%d", cell.Name, taken[cell.Name])
		}
		for n := range max(1, l.block.repeat) {
			again := cell
			if l.block.repeat > 1 {
				again.Repeat, again.Name = n+1, fmt.Sprintf("%s#%d", cell.Name, n+1)
			}
			cells = append(cells, again)
		}
	}
	return cells
}

// cell lays what the combination says over its arm: the arm's own settings, those of
// the mix, then the axes, then what the stage sets.
func (l *cellLoader) cell(c, stage combo) Cell {
	var cell Cell
	layers := append(slices.Clone(c), stage...)
	if p, ok := c.find(armKey); ok {
		arm := l.block.arm(p.text)
		cell.Arm, cell.Under, cell.Published = arm.name, arm.recipe, arm.published
		layers = append(slices.Clone(arm.set), layers...)
	}
	var said []assignment
	for _, p := range layers {
		switch p.key {
		case armKey:
		case mixKey:
			for _, o := range l.series[cell.Arm][p.text] {
				key, value, _ := strings.Cut(o, "=")
				said = append(said, assignment{key: key, text: value, at: p.at})
			}
		default:
			said = append(said, p)
		}
	}
	for _, p := range said {
		cell.Overrides = append(cell.Overrides, p.override())
	}
	cell.Recipe = l.recipe(cell, said)
	return cell
}

// recipe loads the cell, and points what is wrong with it to the places in the block.
func (l *cellLoader) recipe(cell Cell, said []assignment) *Recipe {
	o := l.o
	o.Under, o.Overrides = cell.Under, cell.Overrides
	r, err := LoadWith(l.name, o)
	l.blame(err, said)
	return r
}

// blame adds faults, those of overrides with the place where the block says them, and
// none twice.
func (l *cellLoader) blame(err error, said []assignment) {
	faults, _ := err.(Faults)
	for _, f := range faults {
		for _, p := range said {
			if f.Line == 0 && f.File == "override "+seen(p.override()) {
				f.File, f.Line, f.Col = p.at.file, p.at.line, p.at.col
			}
		}
		if !slices.Contains(l.block.faults, f) {
			l.block.faults = append(l.block.faults, f)
		}
	}
}
