package yard

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/launch/result"
	"trainyard/launch/stats"
)

// A JudgedComparison is one evaluation that two sides or more were judged on.
type JudgedComparison struct {
	ResultKey
	// Share says that scores are shares, which people read in per cent, and Lower that
	// a lower score is the better one.
	Share    bool              `json:"share"`
	Lower    bool              `json:"lower_is_better,omitempty"`
	Sides    []JudgedSide      `json:"sides"` // in the order of the sides, without those not judged
	Pairs    []JudgedPair      `json:"pairs"` // each against the first of Sides
	Noise    *stats.NoiseFloor `json:"noise_floor,omitempty"`
	Warnings []stats.Warning   `json:"warnings,omitempty"`

	cells    []stats.Cell
	unpaired map[string]bool // sides that name what they solved alone
}

// A JudgedSide is what one side came to.
type JudgedSide struct {
	Side    string          `json:"side"`
	Seeds   int             `json:"seeds"` // runs with a result
	Mean    *stats.Estimate `json:"mean"`  // nil where there are figures alone
	Steps   []int64         `json:"steps,omitempty"`
	Missing int             `json:"missing,omitempty"` // instances without a verdict
	// Unnamed is how many instances the reports count and do not name: the mean has them
	// as not solved, and no pair has them.
	Unnamed int `json:"unnamed,omitempty"`
	// Figures are those of reports that have no instances.
	Figures []result.Aggregate `json:"figures,omitempty"`
}

// judge compares the results of the sides, evaluation by evaluation, and corrects the
// tests of all of them together.
func (c *RunComparison) judge(ctx context.Context, ledger *launch.Ledger, req CompareRequest) error {
	byRun, err := resultsOf(ctx, ledger, idsOf(c.Sides))
	if err != nil {
		return err
	}
	choosing := req.among(byRun)
	found := judgedSides(byRun, c.Sides, choosing)
	if err := choosing.judgedNone(byRun, c.Sides, found, nil); err != nil {
		return err
	}
	c.Evaluations = []JudgedComparison{}
	var tests []*stats.Test
	for _, e := range keysOfResults(found) {
		j, err := judgeOne(e, c.Sides, found, stats.Options{Level: req.Level})
		if err != nil {
			return err
		}
		if len(j.Sides) > 1 {
			c.Evaluations = append(c.Evaluations, *j)
		}
	}
	for _, e := range c.Evaluations {
		for _, p := range e.Pairs {
			tests = append(tests, p.Test)
		}
	}
	c.Unjudged = unjudged(c.Sides, found, req.Choosing)
	if err := stats.Correct(tests...); err != nil {
		return err
	}
	for _, e := range c.Evaluations {
		for k := range e.Pairs {
			p := &e.Pairs[k]
			p.Separable = stats.Separable(p.Difference, *p.Test.Holm, req.Level)
		}
	}
	return nil
}

// judgeOne compares the sides that were judged on one evaluation.
func judgeOne(e ResultKey, sides []Side, found []judgedRuns, o stats.Options) (*JudgedComparison, error) {
	j := &JudgedComparison{ResultKey: e, Pairs: []JudgedPair{}, unpaired: map[string]bool{}}
	var scored []stats.Run
	var figures []float64
	for i, s := range sides {
		runs := found[i][e]
		if len(runs) == 0 {
			continue
		}
		side := JudgedSide{Side: s.Name, Seeds: len(runs)}
		cell := stats.Cell{Name: s.Name}
		for _, r := range s.Runs {
			of := runs[r.ID]
			if of == nil {
				continue
			}
			side.add(of)
			if len(of.scores) > 0 {
				cell.Runs = append(cell.Runs, of.run(r.ID))
				j.unpaired[s.Name] = j.unpaired[s.Name] || of.unpairable()
			} else if of.figure != nil {
				figures = append(figures, of.figure.Value)
			}
		}
		scored = append(scored, cell.Runs...)
		j.Sides, j.cells = append(j.Sides, side), append(j.cells, cell)
	}
	j.Share, j.Lower = isShare(j.Metric, scored, figures...), result.LowerIsBetter(j.Metric)
	return j, j.compare(o)
}

func (s *JudgedSide) add(of *judged) {
	s.Missing += of.missing
	s.Unnamed += of.unnamed
	s.Figures = append(s.Figures, of.figures...)
	if of.step != nil && !slices.Contains(s.Steps, *of.step) {
		s.Steps = append(s.Steps, *of.step)
	}
}

// compare takes the first side against each other one.
func (j *JudgedComparison) compare(o stats.Options) error {
	for i := range j.cells {
		if len(j.cells[i].Runs) == 0 {
			continue
		}
		m, err := stats.Mean(j.cells[i], o.Level)
		if err != nil {
			return fmt.Errorf("%s: %w", j.ResultKey, err)
		}
		if j.Share {
			m = m.Within(0, 1)
		}
		j.Sides[i].Mean = &m
	}
	alone, err := j.alone(o)
	if err != nil {
		return err
	}
	for i, other := range j.cells[1:] {
		pair := alone[other.Name]
		if pair == nil {
			if pair, err = j.pair(j.cells[0], other, i+1, o); err != nil {
				return err
			}
		}
		if pair != nil {
			if j.Share {
				pair.Difference = pair.Difference.Within(-1, 1)
			}
			j.Pairs = append(j.Pairs, *pair)
		}
	}
	j.noise(o.Level)
	j.warnUnnamed()
	return nil
}

// warnUnnamed says of sides whose reports do not name all that was judged what figures are
// over.
func (j *JudgedComparison) warnUnnamed() {
	for i, s := range j.Sides {
		if s.Unnamed == 0 {
			continue
		}
		over := "its mean is over all of them, and pairs are over those that both sides name"
		if j.unpaired[s.Side] {
			over = "its mean is over all of them, and no instance of it is paired: what it names is chosen by how it ended"
		}
		asked := s.Unnamed
		for _, r := range j.cells[i].Runs {
			asked += len(r.Scores)
		}
		j.Warnings = append(j.Warnings, stats.Warning{Doubt: stats.UnnamedInstances, Words: fmt.Sprintf(
			"the results of %s name %d of %d instances that were to be judged: %s", s.Side, asked-s.Unnamed, asked, over)})
	}
}

// noise is the noise floor of the sides that have several seeds.
func (j *JudgedComparison) noise(level float64) {
	if floor, err := stats.NoiseOver(j.cells, level); err == nil {
		j.Noise = &floor
	}
}

// unjudged says what keeps the results of sides from being compared.
func unjudged(sides []Side, found []judgedRuns, choosing Choosing) (words []string) {
	of := ""
	if choosing.Benchmark != "" {
		of = " on " + choosing.Benchmark
	}
	if choosing.Metric != "" {
		of += " by " + choosing.Metric
	}
	if choosing.Step != nil {
		of += fmt.Sprintf(" at step %d", *choosing.Step)
	}
	var none []string
	for i, s := range sides {
		if len(found[i]) == 0 {
			none = append(none, s.Name)
		}
	}
	if len(none) > 0 {
		words = append(words, fmt.Sprintf("%s: no result%s yet (trainyard eval import RUN FILE)", strings.Join(none, ", "), of))
	}
	for i, s := range sides[1:] {
		mine, theirs := keysOfResults(found[:1]), keysOfResults(found[i+1:i+2])
		if len(mine) == 0 || len(theirs) == 0 || slices.ContainsFunc(mine, func(e ResultKey) bool {
			return slices.ContainsFunc(theirs, func(o ResultKey) bool { return o.name() == e.name() })
		}) {
			continue
		}
		words = append(words, fmt.Sprintf("%s was judged on %s and %s on %s: there is nothing to compare", sides[0].Name, listed(mine), s.Name, listed(theirs)))
	}
	words = append(words, otherMetrics(sides, found)...)
	return append(words, otherSteps(sides, found)...)
}

func listed(all []ResultKey) string {
	names := make([]string, len(all))
	for i, e := range all {
		names[i] = e.String()
	}
	return strings.Join(names, ", ")
}

// otherSteps tells of results that were passed over for those of a later checkpoint.
func otherSteps(sides []Side, found []judgedRuns) (words []string) {
	for i, s := range sides {
		for _, e := range keysOfResults(found[i : i+1]) {
			var steps []int64
			for _, j := range found[i][e] {
				for _, step := range j.others {
					if !slices.Contains(steps, step) {
						steps = append(steps, step)
					}
				}
			}
			if slices.Sort(steps); len(steps) > 0 {
				words = append(words, fmt.Sprintf("%s has results of other checkpoints on %s, which --step chooses: %s", s.Name, e, strings.Trim(fmt.Sprint(steps), "[]")))
			}
		}
	}
	return words
}
