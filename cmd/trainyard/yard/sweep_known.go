package yard

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"trainyard/launch"
	"trainyard/launch/sweep"
	"trainyard/recipes"
)

// A knownSweep is a sweep as the ledger and the datasets that are there tell of it.
// Nothing is planned and no source is read, so that it takes a fraction of the time of
// [Yard.PlanSweep]: what has changed in the sources since is not seen.
type knownSweep struct {
	name, summary string
	cells         []knownCell
	benchmarks    []recipes.Benchmark
	published     []recipes.PublishedRow // of what no cell is
	source        string                 // of what is published
}

// A knownCell is a cell with what has become of it.
type knownCell struct {
	recipes.Cell
	Hash  string
	Same  string // an earlier cell with the same content
	State sweep.State
	Run   *launch.Run

	fingerprint string
	prepared    bool
	// others are its hashes with datasets of other names, where it has none of its own.
	others []string
}

// content tells cells of one sweep apart, also without a dataset.
func (c *knownCell) content() string { return cmp.Or(c.Hash, fmt.Sprint(c.fingerprint, "#", c.Repeat)) }

// groups are the names of the groups, in the order of their cells.
func (k *knownSweep) groups() (names []string) {
	for _, c := range k.cells {
		if !slices.Contains(names, c.Group) {
			names = append(names, c.Group)
		}
	}
	return names
}

// knownSweep reads the sweep of a file, or one of which the ledger alone knows.
func (y *Yard) knownSweep(ctx context.Context, l *launch.Launcher, file string, o recipes.Options) (*knownSweep, error) {
	s, err := recipes.LoadSweep(file, o)
	if err != nil {
		return remembered(ctx, l, file, err)
	}
	k := &knownSweep{name: s.Name, summary: s.Summary, benchmarks: s.Benchmarks, published: s.Published, source: s.Source, cells: make([]knownCell, len(s.Cells))}
	for i, c := range s.Cells {
		k.cells[i].Cell = c
	}
	k.hash(y.DatasetsDir())
	if err := k.find(ctx, l.Ledger); err != nil {
		return nil, err
	}
	return k, y.chooseKnown(ctx, l, k, s.Stages)
}

// hash names the cells whose datasets are there. Fingerprints are made on all
// processors: they are most of the work.
func (k *knownSweep) hash(datasets string) {
	manifests := newManifestsIn(datasets)
	next := make(chan *knownCell)
	var working sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		working.Go(func() {
			for c := range next {
				c.fingerprint = c.Recipe.Fingerprint()
				own, others := manifests.of(c.Recipe)
				if own != nil {
					c.Hash, c.prepared = cellOf(c.Recipe, own, c.Repeat), true
				}
				for _, m := range others {
					c.others = append(c.others, cellOf(c.Recipe, m, c.Repeat))
				}
			}
		})
	}
	for i := range k.cells {
		next <- &k.cells[i]
	}
	close(next)
	working.Wait()
}

// find gives cells their runs, whichever sweep or launch asked for them: by their hashes,
// and where no dataset is there to hash, by their recipes.
func (k *knownSweep) find(ctx context.Context, ledger *launch.Ledger) error {
	found, err := k.runs(ctx, ledger)
	if err != nil {
		return err
	}
	first := map[string]string{}
	for i := range k.cells {
		c := &k.cells[i]
		runs := found.of(c)
		if c.Hash == "" && len(runs) > 0 {
			c.Hash = runs[0].Job.Cell
		}
		if c.Same = first[c.content()]; c.Same == "" {
			first[c.content()] = c.Name
		}
		c.State, c.Run = sweep.Standing(runs, c.prepared, time.Now())
	}
	return nil
}

// remembered makes a sweep of the runs that the ledger has of its name, where there is
// no file of it here: a colleague's, or one that was removed.
func remembered(ctx context.Context, l *launch.Launcher, name string, noFile error) (*knownSweep, error) {
	runs, err := l.Ledger.SweepRuns(ctx, name)
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return nil, noFile
	}
	k, met := &knownSweep{name: name}, map[string]bool{}
	key := func(r launch.Run) string { return cmp.Or(r.Job.Cell, r.Job.CellName) }
	byCell := map[string][]launch.Run{}
	for _, r := range runs {
		byCell[key(r)] = append(byCell[key(r)], r)
	}
	for _, r := range slices.Backward(runs) { // as they were asked for
		if met[key(r)] {
			continue
		}
		met[key(r)] = true
		c := knownCell{Cell: cellNamed(r.Job.CellName), Hash: r.Job.Cell}
		c.State, c.Run = sweep.Standing(byCell[key(r)], true, time.Now())
		k.cells = append(k.cells, c)
	}
	return k, nil
}

// cellNamed reads the name of a cell back: STAGE/ARM,KEY=VALUE,…#REPEAT.
func cellNamed(name string) recipes.Cell {
	c := recipes.Cell{Name: name}
	rest, _, _ := strings.Cut(name, "#")
	stage, inStage, staged := strings.Cut(rest, "/")
	if staged = staged && !strings.ContainsAny(stage, "=,"); staged {
		rest, c.Axes = inStage, append(c.Axes, recipes.Axis{Key: recipes.StageKey, Value: stage})
	}
	var group []string
	for _, part := range strings.Split(rest, ",") {
		key, value, is := strings.Cut(part, "=")
		switch {
		case !is:
			key, value = "arm", part
			c.Arm = part
		case key == "seed" || key == recipes.SeedKey:
			key = recipes.SeedKey
		}
		if c.Axes = append(c.Axes, recipes.Axis{Key: key, Value: value}); key != recipes.SeedKey {
			group = append(group, part)
		}
	}
	if c.Group = strings.Join(group, ","); c.Group == "" {
		c.Group = "base"
	}
	if staged {
		c.Group = stage + "/" + c.Group
	}
	return c
}
