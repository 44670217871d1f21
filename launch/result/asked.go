package result

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Said is what a user says of results; a zero field says nothing.
type Said struct {
	Benchmark string `json:"benchmark,omitempty"`
	Split     string `json:"split,omitempty"`
	Scaffold  string `json:"scaffold,omitempty"`
	Seed      *int64 `json:"seed,omitempty"`
	Step      *int64 `json:"step,omitempty"`
	// Instances is how many were to be judged, for a report that does not tell.
	Instances int64 `json:"instances,omitempty"`
}

// Of puts what a user says beside what files say. Of the results of a file with
// several, those of the benchmark that is asked for are taken. where is what stands
// before the name of a field in errors, such as --.
func (s Said) Of(read []Result, where string) (taken []Result, err error) {
	others := map[string]bool{}
	for _, r := range read {
		if s.Benchmark != "" && !Fits(r.Benchmark, s.Benchmark) {
			others[r.Benchmark] = true
			continue
		}
		if err := s.over(&r, where); err != nil {
			return nil, err
		}
		taken = append(taken, r)
	}
	if len(taken) == 0 && len(others) > 0 {
		return nil, fmt.Errorf("%s is of %s, and %sbenchmark says %s", read[0].Source.File, strings.Join(slices.Sorted(maps.Keys(others)), ", "), where, s.Benchmark)
	}
	return taken, nil
}

// over completes a result. The name of a scaffold is the user's, and so is the more
// telling name of a benchmark; what else contradicts the file is an error.
func (s Said) over(r *Result, where string) error {
	if asked := Benchmark(s.Benchmark); len(asked) > len(r.Benchmark) {
		r.Benchmark = asked
	}
	if s.Split != "" && r.Split != "" && !strings.EqualFold(s.Split, r.Split) {
		return fmt.Errorf("%s is of the split %s, and %ssplit says %s", r.Source.File, r.Split, where, s.Split)
	}
	if s.Step != nil && r.Step != nil && *s.Step != *r.Step {
		return fmt.Errorf("%s is of the checkpoint of step %d (%s), and %sstep says %d", r.Source.File, *r.Step, r.Model, where, *s.Step)
	}
	if s.Split != "" {
		r.Split = strings.ToLower(s.Split)
	}
	if s.Scaffold != "" {
		r.Scaffold = s.Scaffold
	}
	if s.Seed != nil {
		r.Seed = s.Seed
	}
	if s.Step != nil {
		r.Step = s.Step
	}
	return s.sayAsked(r, where)
}
