package yard

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/launch/result"
	"trainyard/launch/stats"
)

// A JudgedComparison is one evaluation that two sides or more were judged on.
type JudgedComparison struct {
	Evaluation
	Metric string `json:"metric,omitempty"` // of the scores; empty: verdicts
	// Share says that scores are shares, which people read in per cent, and Lower that
	// a lower score is the better one.
	Share    bool              `json:"share"`
	Lower    bool              `json:"lower_is_better,omitempty"`
	Sides    []JudgedSide      `json:"sides"` // in the order of the sides, without those not judged
	Pairs    []JudgedPair      `json:"pairs"` // each against the first of Sides
	Noise    *stats.NoiseFloor `json:"noise_floor,omitempty"`
	Warnings []stats.Warning   `json:"warnings,omitempty"`

	cells []stats.Cell
}

// A JudgedSide is what one side came to.
type JudgedSide struct {
	Side    string          `json:"side"`
	Seeds   int             `json:"seeds"` // runs with a result
	Mean    *stats.Estimate `json:"mean"`  // nil where there are figures alone
	Steps   []int64         `json:"steps,omitempty"`
	Missing int             `json:"missing,omitempty"` // instances without a verdict
	// Figures are those of reports that have no instances.
	Figures []result.Aggregate `json:"figures,omitempty"`
}

// A JudgedPair is a side against the first one. The difference is the second minus the
// first; where both know counts alone there is no test.
type JudgedPair struct {
	First      string          `json:"first"`
	Second     string          `json:"second"`
	Difference stats.Estimate  `json:"difference"`
	Test       *stats.Test     `json:"test,omitempty"` // corrected for all that are in the comparison
	Effect     *stats.Estimate `json:"effect,omitempty"`
	// Better and Worse are instances on which the second did better or worse than the
	// first, with what both scored on average, the largest differences first.
	Better []InstanceChange `json:"won"`
	Worse  []InstanceChange `json:"lost"`
}

// An InstanceChange is an instance on which two sides differ.
type InstanceChange struct {
	ID     string  `json:"id"`
	First  float64 `json:"first"`
	Second float64 `json:"second"`
}

// judge compares the results of the sides, evaluation by evaluation, and corrects the
// tests of all of them together.
func (c *RunComparison) judge(ctx context.Context, ledger *launch.Ledger, req CompareRequest) error {
	byRun, err := resultsOf(ctx, ledger, idsOf(c.Sides))
	if err != nil {
		return err
	}
	found := judgedSides(byRun, c.Sides, req.Choosing)
	c.Evaluations = []JudgedComparison{}
	var tests []*stats.Test
	for _, e := range evaluationsOf(found) {
		j, err := judgeOne(e, c.Sides, found, stats.Options{Level: req.Level})
		if err != nil {
			return err
		}
		if len(j.Sides) > 1 {
			c.Evaluations = append(c.Evaluations, *j)
		}
	}
	for i := range c.Evaluations {
		for k := range c.Evaluations[i].Pairs {
			if t := c.Evaluations[i].Pairs[k].Test; t != nil {
				tests = append(tests, t)
			}
		}
	}
	c.Unjudged = unjudged(c.Sides, found, req.Choosing)
	return stats.Correct(tests...)
}

// A judgedRuns is what the runs of one side came to, by evaluation and then by run.
type judgedRuns map[Evaluation]map[string]*judged

// judgedSides sorts the results of runs by sides.
func judgedSides(byRun map[string][]launch.StoredResult, sides []Side, choosing Choosing) []judgedRuns {
	all := make([]judgedRuns, len(sides))
	for i, s := range sides {
		all[i] = judgedRuns{}
		for _, r := range s.Runs {
			for e, j := range choosing.judgedBy(r.run, byRun[r.ID]) {
				if all[i][e] == nil {
					all[i][e] = map[string]*judged{}
				}
				all[i][e][r.ID] = j
			}
		}
	}
	return all
}

func idsOf(sides []Side) (ids []string) {
	for _, s := range sides {
		for _, r := range s.Runs {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// runsAtOnce is how many runs one statement asks for.
const runsAtOnce = 500

// resultsOf reads the results of runs, by run.
func resultsOf(ctx context.Context, ledger *launch.Ledger, ids []string) (map[string][]launch.StoredResult, error) {
	byRun := map[string][]launch.StoredResult{}
	for some := range slices.Chunk(ids, runsAtOnce) {
		results, err := ledger.Results(ctx, some...)
		if err != nil {
			return nil, err
		}
		for _, r := range results {
			byRun[r.Run] = append(byRun[r.Run], r)
		}
	}
	return byRun, nil
}

func evaluationsOf(found []judgedRuns) (all []Evaluation) {
	for _, side := range found {
		for e := range side {
			if !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
	}
	slices.SortFunc(all, inOrder)
	return all
}

// judgeOne compares the sides that were judged on one evaluation.
func judgeOne(e Evaluation, sides []Side, found []judgedRuns, o stats.Options) (*JudgedComparison, error) {
	j := &JudgedComparison{Evaluation: e, Pairs: []JudgedPair{}}
	var scored []stats.Run
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
			if j.Metric = of.metric; len(of.scores) > 0 {
				cell.Runs = append(cell.Runs, stats.Run{Name: r.ID, Scores: of.scores})
			}
		}
		scored = append(scored, cell.Runs...)
		j.Sides, j.cells = append(j.Sides, side), append(j.cells, cell)
	}
	j.Share, j.Lower = isShare(j.Metric, scored), lowerIsBetter(j.Metric)
	return j, j.compare(o)
}

func (s *JudgedSide) add(of *judged) {
	s.Missing += of.missing
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
			return fmt.Errorf("%s: %w", j.Evaluation, err)
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
			j.Pairs = append(j.Pairs, *pair)
		}
	}
	j.noise(o.Level)
	return nil
}

// alone compares sides of one run with a first side of one run: all of them share the
// draws of their bootstraps.
func (j *JudgedComparison) alone(o stats.Options) (map[string]*JudgedPair, error) {
	pairs := map[string]*JudgedPair{}
	if len(j.cells) == 0 || len(j.cells[0].Runs) != 1 {
		return pairs, nil
	}
	var runs []stats.Run
	for _, c := range j.cells {
		if len(c.Runs) == 1 && (len(runs) == 0 || sharesAny(runs[0], c.Runs[0])) {
			runs = append(runs, stats.Run{Name: c.Name, Scores: c.Runs[0].Scores})
		}
	}
	if len(runs) < 2 {
		return pairs, nil
	}
	compared, err := stats.CompareFirst(runs, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.Evaluation, err)
	}
	for i, c := range compared {
		pair := &JudgedPair{First: c.First, Second: c.Second, Difference: c.Difference, Test: &c.Test, Effect: finite(c.Effect)}
		pair.change(stats.Cell{Runs: runs[:1]}, stats.Cell{Runs: runs[i+1 : i+2]}, j.Lower)
		j.Warnings = append(j.Warnings, c.Warnings...)
		pairs[c.Second] = pair
	}
	return pairs, nil
}

// finite is nil for an estimate that JSON has no number for.
func finite(e *stats.Estimate) *stats.Estimate {
	if e == nil || math.IsNaN(e.Value+e.Low+e.High) || math.IsInf(e.Value+e.Low+e.High, 0) {
		return nil
	}
	return e
}

func sharesAny(a, b stats.Run) bool {
	for id := range a.Scores {
		if _, both := b.Scores[id]; both {
			return true
		}
	}
	return false
}

// pair compares two sides of which one has several runs, or none with instances.
func (j *JudgedComparison) pair(first, second stats.Cell, at int, o stats.Options) (*JudgedPair, error) {
	if len(first.Runs) == 0 || len(second.Runs) == 0 {
		return figurePair(&j.Sides[0], &j.Sides[at], first, second, o.Level), nil
	}
	pooled, err := stats.Pool(first, second)
	if err != nil { // no instance in common: told, and no comparison
		j.Warnings = append(j.Warnings, stats.Warning{Doubt: stats.OtherInstances, Words: err.Error()})
		return nil, nil
	}
	c, err := stats.CompareCells(first, second, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.Evaluation, err)
	}
	pair := &JudgedPair{First: first.Name, Second: second.Name, Difference: c.Difference.Estimate}
	pair.Test = &stats.Test{Estimate: c.Difference.Estimate, P: c.Difference.P}
	if effect, err := stats.PairedD(pooled.Averaged(), o.Level); err == nil { // else all instances differ alike
		pair.Effect = finite(&effect)
	}
	pair.change(first, second, j.Lower)
	j.Warnings = append(j.Warnings, c.Warnings...)
	return pair, nil
}

// figurePair compares two rates of which one is a figure alone, as unpaired counts; nil
// where they are no rates of a known number of instances.
func figurePair(a, b *JudgedSide, first, second stats.Cell, level float64) *JudgedPair {
	solvedA, nA, okA := countOf(a, first)
	solvedB, nB, okB := countOf(b, second)
	if !okA || !okB {
		return nil
	}
	d, err := stats.RateDifference(solvedA, nA, solvedB, nB, level)
	if err != nil {
		return nil
	}
	return &JudgedPair{First: a.Side, Second: b.Side, Difference: d, Better: []InstanceChange{}, Worse: []InstanceChange{}}
}

// rates are the figures that are a part of all instances, as reports name them.
var rates = []string{"accuracy", "acc", "acc,none", "resolve_rate", "resolved_rate", "pass@1", "exact_match", "exact_match,none"}

// countOf is how many of how many instances were solved, by one run's verdicts or by a
// figure.
func countOf(s *JudgedSide, cell stats.Cell) (solved, n int, known bool) {
	if len(cell.Runs) == 1 {
		n := len(cell.Runs[0].Scores)
		return int(math.Round(cell.Runs[0].Mean() * float64(n))), n, true
	}
	for _, f := range s.Figures {
		if slices.Contains(rates, f.Metric) && f.N > 0 && f.Value >= 0 && f.Value <= 1 {
			return int(math.Round(f.Value * float64(f.N))), int(f.N), true
		}
	}
	return 0, 0, false
}

// change lists the instances that both sides judged and scored otherwise.
func (p *JudgedPair) change(first, second stats.Cell, lower bool) {
	p.Better, p.Worse = []InstanceChange{}, []InstanceChange{}
	a, b := scoresByInstance(first), scoresByInstance(second)
	for id, was := range a {
		now, both := b[id]
		switch {
		case !both || now == was:
		case (now > was) != lower:
			p.Better = append(p.Better, InstanceChange{id, was, now})
		default:
			p.Worse = append(p.Worse, InstanceChange{id, was, now})
		}
	}
	for _, list := range [][]InstanceChange{p.Better, p.Worse} {
		slices.SortFunc(list, func(x, y InstanceChange) int {
			if dx, dy := math.Abs(x.Second-x.First), math.Abs(y.Second-y.First); dx != dy {
				return int(math.Copysign(1, dy-dx))
			}
			return strings.Compare(x.ID, y.ID)
		})
	}
}

// scoresByInstance are the means over the runs of a side, of instances that all judged.
func scoresByInstance(c stats.Cell) map[string]float64 {
	if len(c.Runs) == 1 {
		return c.Runs[0].Scores
	}
	means := map[string]float64{}
	for id := range c.Runs[0].Scores {
		sum, all := 0.0, true
		for _, r := range c.Runs {
			score, judged := r.Scores[id]
			sum, all = sum+score, all && judged
		}
		if all {
			means[id] = sum / float64(len(c.Runs))
		}
	}
	return means
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
		mine, theirs := evaluationsOf(found[:1]), evaluationsOf(found[i+1:i+2])
		if len(mine) == 0 || len(theirs) == 0 || slices.ContainsFunc(mine, func(e Evaluation) bool { return slices.Contains(theirs, e) }) {
			continue
		}
		words = append(words, fmt.Sprintf("%s was judged on %s and %s on %s: there is nothing to compare", sides[0].Name, listed(mine), s.Name, listed(theirs)))
	}
	return append(words, otherSteps(sides, found)...)
}

func listed(all []Evaluation) string {
	names := make([]string, len(all))
	for i, e := range all {
		names[i] = e.String()
	}
	return strings.Join(names, ", ")
}

// otherSteps tells of results that were passed over for those of a later checkpoint.
func otherSteps(sides []Side, found []judgedRuns) (words []string) {
	for i, s := range sides {
		for _, e := range evaluationsOf(found[i : i+1]) {
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
