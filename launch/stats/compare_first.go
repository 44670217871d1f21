package stats

import "errors"

// CompareFirst compares the first run with each later one, as [CompareAll] does; the
// tests are corrected for those comparisons alone.
func CompareFirst(runs []Run, o Options) ([]Comparison, error) { return compareRuns(runs, o, 1) }

// compareRuns compares each of so many first runs with each later one.
func compareRuns(runs []Run, o Options, firsts int) ([]Comparison, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	if len(runs) < 2 {
		return nil, errors.New("a comparison needs at least two runs")
	}
	for _, r := range runs {
		if err := r.check(); err != nil {
			return nil, err
		}
	}
	var out []Comparison
	if names := shared(runs); judgedAlike(runs, len(names)) {
		out, err = compareShared(runs, names, o, firsts)
	} else {
		out, err = compareEach(runs, o, firsts)
	}
	if err != nil {
		return nil, err
	}
	return out, correctAll(out)
}

// correctAll corrects the tests of comparisons that belong together.
func correctAll(all []Comparison) error {
	tests := make([]*Test, len(all))
	for i := range all {
		tests[i] = &all[i].Test
	}
	return Correct(tests...)
}
