package stats

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// A Run is what one judged run scored.
type Run struct {
	Name   string
	Scores map[string]float64 // by the instance's name; 0 or 1 for a verdict, else any finite number
	// Unnamed is how many more instances were to be judged, whose names are not known and
	// which scored 0: means are over them too, and pairs without them.
	Unnamed int
}

// check refuses a run without instances, and scores that are not numbers.
func (r Run) check() error {
	if len(r.Scores) == 0 {
		return fmt.Errorf("the run %q has no judged instance: leave it out of the comparison", r.Name)
	}
	bad := func(s float64) bool { return math.IsNaN(s) || math.IsInf(s, 0) }
	first := ""
	for name, s := range r.Scores {
		if bad(s) && (first == "" || name < first) {
			first = name
		}
	}
	if s, ok := r.Scores[first]; ok && bad(s) {
		return fmt.Errorf("the run %q scored %v on %q: leave the instance out or judge it again", r.Name, s, first)
	}
	return nil
}

// names are the instances in the order of their names.
func (r Run) names() []string { return slices.Sorted(maps.Keys(r.Scores)) }

// Mean is the average score over the instances, and the rate where scores are
// verdicts. It is NaN for a run without instances.
func (r Run) Mean() float64 {
	sum := 0.0
	for _, name := range r.names() { // in order: sums of floats depend on it
		sum += r.Scores[name]
	}
	return sum / float64(len(r.Scores))
}

// verdicts says whether all scores are 0 or 1.
func verdicts(scores []float64) bool {
	return !slices.ContainsFunc(scores, func(s float64) bool { return s != 0 && s != 1 })
}

// shared are the instances that all the runs judged, in the order of their names.
func shared(runs []Run) []string {
	var names []string
	for name := range runs[0].Scores {
		missing := func(r Run) bool { _, ok := r.Scores[name]; return !ok }
		if !slices.ContainsFunc(runs[1:], missing) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// over are the run's scores of the named instances; one that it does not name scored 0.
func (r Run) over(names []string) []float64 {
	scores := make([]float64, len(names))
	for i, name := range names {
		scores[i] = r.Scores[name]
	}
	return scores
}
