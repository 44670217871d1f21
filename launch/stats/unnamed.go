package stats

import (
	"maps"
	"slices"
)

// all has a row of scores for each run, over all instances that all of them were to
// judge; nil where there is none. What a run was to judge and does not name is among its
// unnamed instances, which scored 0. A run that has fewer of those than others name beside
// it was to judge others, and then the instances count that all of them name.
func (c Cell) all() [][]float64 {
	names, unnamed := c.judged()
	if len(names)+unnamed == 0 {
		return nil
	}
	rows := c.over(names)
	for i := range rows {
		rows[i] = append(rows[i], make([]float64, unnamed)...)
	}
	return rows
}

// judged are the names of instances that all runs were to judge, in order, and how many
// more there are.
func (c Cell) judged() (names []string, unnamed int) {
	known, least := map[string]bool{}, -1
	for _, r := range c.Runs {
		for name := range r.Scores {
			known[name] = true
		}
		if asked := len(r.Scores) + r.Unnamed; least < 0 || asked < least {
			least = asked
		}
	}
	maps.DeleteFunc(known, func(name string, _ bool) bool {
		return slices.ContainsFunc(c.Runs, func(r Run) bool { _, named := r.Scores[name]; return !named && r.Unnamed == 0 })
	})
	if slices.ContainsFunc(c.Runs, func(r Run) bool { return r.lacks(known) > r.Unnamed }) {
		return shared(c.Runs), 0
	}
	return slices.Sorted(maps.Keys(known)), max(0, least-len(known))
}

// lacks counts the instances that a run does not name.
func (r Run) lacks(names map[string]bool) (n int) {
	for name := range names {
		if _, named := r.Scores[name]; !named {
			n++
		}
	}
	return n
}
