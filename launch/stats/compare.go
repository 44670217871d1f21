package stats

// A Comparison is all that is said of two runs.
type Comparison struct {
	First      string    `json:"first"`
	Second     string    `json:"second"`
	Difference Estimate  `json:"difference"` // by instance bootstrap, and with zero where Test does not reject it
	Test       Test      `json:"test"`       // McNemar's for verdicts, else by permutation
	MidP       *float64  `json:"mid_p,omitempty"`
	Effect     *Estimate `json:"effect,omitempty"` // h for verdicts, else d; nil where all scores differ alike, and of too few instances
	Won        []string  `json:"won"`              // instances that the second run scored higher on, sorted
	Lost       []string  `json:"lost"`
	Warnings   []Warning `json:"warnings,omitempty"`
}

// Compare compares two runs.
func Compare(first, second Run, o Options) (Comparison, error) {
	all, err := CompareAll([]Run{first, second}, o)
	if err != nil {
		return Comparison{}, err
	}
	return all[0], nil
}

// CompareAll compares each run with each later one: the first with the second, the
// third …, then the second with the third … The tests are corrected for their
// number. Runs over the same instances share their draws, which is what makes 20
// runs of 500 instances cheap; the figures of a pair are the same as alone.
func CompareAll(runs []Run, o Options) ([]Comparison, error) { return compareRuns(runs, o, len(runs)) }

// judgedAlike says whether all runs judged the same instances, and no others.
func judgedAlike(runs []Run, common int) bool {
	for _, r := range runs {
		if len(r.Scores) != common {
			return false
		}
	}
	return true
}

// compareShared draws once for all pairs of which the first run is among so many at
// the beginning.
func compareShared(runs []Run, names []string, o Options, firsts int) ([]Comparison, error) {
	scores := make([][]float64, len(runs))
	for i, r := range runs {
		scores[i] = r.over(names)
	}
	means := resampled(scores, o)
	var out []Comparison
	for i := range firsts {
		for j := i + 1; j < len(runs); j++ {
			p := Paired{First: runs[i].Name, Second: runs[j].Name, Names: names, A: scores[i], B: scores[j]}
			c, err := compare(p, difference(p, means[i], means[j], o), o)
			if err != nil {
				return nil, err
			}
			out = append(out, *c)
		}
	}
	return out, nil
}

// compareEach draws for each pair over its own instances.
func compareEach(runs []Run, o Options, firsts int) ([]Comparison, error) {
	var out []Comparison
	for i := range firsts {
		for j := i + 1; j < len(runs); j++ {
			p, err := pair(runs[i], runs[j])
			if err != nil {
				return nil, err
			}
			d, err := Difference(p, o)
			if err != nil {
				return nil, err
			}
			c, err := compare(p, d, o)
			if err != nil {
				return nil, err
			}
			out = append(out, *c)
		}
	}
	return out, nil
}

// compare says the rest of a pair whose difference is known.
func compare(p Paired, difference Estimate, o Options) (*Comparison, error) {
	c := &Comparison{First: p.First, Second: p.Second, Difference: difference, Warnings: p.Warn()}
	c.Won, c.Lost = p.split()
	describe := c.ofScores
	if p.verdicts() {
		describe = c.ofVerdicts
	}
	err := describe(p, o)
	return c, err
}

// ofVerdicts adds McNemar's test and Cohen's h.
func (c *Comparison) ofVerdicts(p Paired, o Options) error {
	t, err := McNemar(p, o.Level)
	if err != nil {
		return err
	}
	h, err := CohenH(p, o.Level)
	c.Test, c.MidP, c.Effect = t.Test, &t.MidP, effectBeside(p, "h", h, t.P)
	c.agree(p)
	return err
}

// agree keeps the interval and the test from saying opposite things of one pair.
func (c *Comparison) agree(p Paired) {
	for _, e := range []*Estimate{&c.Difference, &c.Test.Estimate} {
		if reaching := e.reachingZero(c.Test.P); reaching != *e {
			reaching.Words = p.words(reaching)
			*e = reaching
		}
	}
}

// ofScores adds the permutation test and the paired d.
func (c *Comparison) ofScores(p Paired, o Options) error {
	c.Test = permutation(p, c.Difference, o)
	c.agree(p)
	c.Effect = EffectBeside(p, c.Test.P, o.Level)
	return nil
}
