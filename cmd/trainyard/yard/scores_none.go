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
	if c.Benchmark == "" && c.Step == nil && c.Metric == "" || slices.ContainsFunc(found, func(side judgedRuns) bool { return len(side) > 0 }) {
		return nil
	}
	names, steps, judged := slices.Clone(slots), []int64{}, false
	for _, id := range idsOf(sides) {
		for _, r := range byRun[id] {
			names = append(names, r.Benchmark)
			judged = judged || c.wants(r.Benchmark)
			if r.Step != nil && c.wants(r.Benchmark) {
				steps = append(steps, *r.Step)
			}
		}
	}
	if c.Benchmark != "" && !slices.ContainsFunc(names, c.wants) {
		return c.noBenchmark(names)
	}
	if err := c.noMetric(byRun, sides); err != nil {
		return err
	}
	switch slices.Sort(steps); {
	case c.Step == nil || !judged:
		return nil // a slot: nothing was judged on it yet
	case len(steps) == 0:
		return fmt.Errorf("no result at step %d: none tells a step, and all are of the ends of their runs", *c.Step)
	}
	return fmt.Errorf("no result at step %d: there are those of %s", *c.Step, strings.Trim(fmt.Sprint(slices.Compact(steps)), "[]"))
}

// noMetric refuses a metric that no result has, where there are some, with those that
// they have.
func (c Choosing) noMetric(byRun map[string][]launch.StoredResult, sides []Side) error {
	var names []string
	for _, id := range idsOf(sides) {
		for _, r := range byRun[id] {
			if c.wants(r.Benchmark) {
				names = append(names, metricsOf(r)...)
			}
		}
	}
	if c.Metric == "" || len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return sameMetric(name, c.Metric) }) {
		return nil
	}
	slices.Sort(names)
	return fmt.Errorf("no score or figure %q: there are %s", c.Metric, strings.Join(slices.Compact(names), ", "))
}

// metricsOf are those of the scores and figures of a result.
func metricsOf(r launch.StoredResult) (names []string) {
	for _, a := range r.Aggregates {
		names = append(names, a.Metric)
	}
	if slices.ContainsFunc(r.Instances, func(i result.Instance) bool { return i.Score != nil }) {
		names = append(names, scoreName(r))
	}
	return names
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
