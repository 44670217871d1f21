package yard

import (
	"fmt"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/launch/result"
	"trainyard/recipes"
)

// judgedNone refuses a choice that no run was judged on, with what there is instead.
// Slots are benchmarks without results that may be chosen as well.
func (c Choosing) judgedNone(byRun map[string][]launch.StoredResult, sides []Side, found []judgedRuns, slots []string) error {
	if c.Benchmark == "" && c.Step == nil || slices.ContainsFunc(found, func(side judgedRuns) bool { return len(side) > 0 }) {
		return nil
	}
	names, steps, judged := slices.Clone(slots), []int64{}, false
	for _, id := range idsOf(sides) {
		for _, r := range byRun[id] {
			names = append(names, r.Benchmark)
			judged = judged || c.fits(r.Benchmark)
			if r.Step != nil && c.fits(r.Benchmark) {
				steps = append(steps, *r.Step)
			}
		}
	}
	if !slices.ContainsFunc(names, c.fits) {
		return c.noBenchmark(names)
	}
	switch slices.Sort(steps); {
	case c.Step == nil || !judged:
		return nil // a slot: nothing was judged on it yet
	case len(steps) == 0:
		return fmt.Errorf("no result at step %d: none tells a step, and all are of the ends of their runs", *c.Step)
	}
	return fmt.Errorf("no result at step %d: there are those of %s", *c.Step, strings.Trim(fmt.Sprint(slices.Compact(steps)), "[]"))
}

func (c Choosing) fits(benchmark string) bool {
	return c.Benchmark == "" || result.Fits(benchmark, c.Benchmark)
}

// noBenchmark names those that there are.
func (c Choosing) noBenchmark(names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("no result on %q: there is none on any benchmark yet (trainyard eval import RUN FILE)", c.Benchmark)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if near := recipes.Closest(c.Benchmark, names); near != "" {
		return fmt.Errorf("no result on %q; did you mean %q? There are %s", c.Benchmark, near, strings.Join(names, ", "))
	}
	return fmt.Errorf("no result on %q: there are %s", c.Benchmark, strings.Join(names, ", "))
}
