package yard

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"trainyard/launch"
)

// A foundRuns are the runs in which cells of a sweep may be found, each list with the
// newest first.
type foundRuns struct {
	byHash   map[string][]launch.Run
	byName   map[string][]launch.Run // that the sweep itself asked for
	byRecipe map[string][]launch.Run // that any other asked for, by fingerprint
}

// runs asks the ledger for the runs of all cells. It is asked for recipes alone only
// where a cell is found by nothing else.
func (k *knownSweep) runs(ctx context.Context, ledger *launch.Ledger) (f foundRuns, err error) {
	var hashes []string
	for _, c := range k.cells {
		if c.Hash != "" {
			hashes = append(hashes, c.Hash)
		}
		hashes = append(hashes, c.others...)
	}
	f.byHash, err = ledger.Cells(ctx, slices.Compact(slices.Sorted(slices.Values(hashes))))
	asked, errAsked := ledger.SweepRuns(ctx, k.name)
	if err := errors.Join(err, errAsked); err != nil {
		return f, err
	}
	f.byName = map[string][]launch.Run{}
	for _, r := range asked {
		f.byName[r.Job.CellName] = append(f.byName[r.Job.CellName], r)
	}
	var rest []string
	for i := range k.cells {
		if c := &k.cells[i]; c.Hash == "" && len(f.of(c)) == 0 {
			rest = append(rest, c.fingerprint)
		}
	}
	f.byRecipe, err = ledger.RecipeRuns(ctx, slices.Compact(slices.Sorted(slices.Values(rest))))
	return f, err
}

// of are the runs of a cell. Where they are found by the recipe, the sources may have
// been others for some: those of the newest one's content count.
func (f foundRuns) of(c *knownCell) (runs []launch.Run) {
	if c.Hash != "" {
		return f.byHash[c.Hash]
	}
	for _, hash := range c.others {
		runs = append(runs, f.byHash[hash]...)
	}
	if len(runs) == 0 {
		runs = sameRecipe(f.byName[c.Name], c)
	}
	if len(runs) == 0 {
		runs = sameRecipe(f.byRecipe[c.fingerprint], c)
	}
	if len(runs) == 0 {
		return nil
	}
	newest := slices.MaxFunc(runs, func(a, b launch.Run) int { return a.CreatedAt.Compare(b.CreatedAt) }).Job.Cell
	return slices.DeleteFunc(runs, func(r launch.Run) bool { return r.Job.Cell != newest })
}

// sameRecipe leaves the runs of the cell's recipe and repeat.
func sameRecipe(runs []launch.Run, c *knownCell) []launch.Run {
	return slices.DeleteFunc(slices.Clone(runs), func(r launch.Run) bool {
		return r.Job.Fingerprint != c.fingerprint || repeatOf(r.Job.CellName) != max(1, c.Repeat)
	})
}

// repeatOf reads the repeat in the name of a cell; that of a single launch has none.
func repeatOf(cell string) int {
	_, text, _ := strings.Cut(cell, "#")
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return 1
}
