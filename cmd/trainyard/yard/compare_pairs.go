package yard

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"trainyard/launch/result"
	"trainyard/launch/stats"
)

// A JudgedPair is a side against the first one. The difference is the second minus the
// first.
type JudgedPair struct {
	First      string         `json:"first"`
	Second     string         `json:"second"`
	Difference stats.Estimate `json:"difference"`
	Test       *stats.Test    `json:"test"` // corrected for all that are in the comparison
	// Separable is by [stats.Separable], and Unpaired says that counts alone are known of
	// a side.
	Separable bool            `json:"separable"`
	Unpaired  bool            `json:"unpaired,omitempty"`
	Effect    *stats.Estimate `json:"effect,omitempty"`
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

// alone compares sides of one run with a first side of one run: all of them share the
// draws of their bootstraps.
func (j *JudgedComparison) alone(o stats.Options) (map[string]*JudgedPair, error) {
	pairs := map[string]*JudgedPair{}
	if len(j.cells) == 0 || len(j.cells[0].Runs) != 1 || j.unpaired[j.cells[0].Name] {
		return pairs, nil
	}
	var runs []stats.Run
	for _, c := range j.cells {
		if len(c.Runs) == 1 && !j.unpaired[c.Name] && (len(runs) == 0 || sharesAny(runs[0], c.Runs[0])) {
			runs = append(runs, stats.Run{Name: c.Name, Scores: c.Runs[0].Scores})
		}
	}
	if len(runs) < 2 {
		return pairs, nil
	}
	compared, err := stats.CompareFirst(runs, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.ResultKey, err)
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
	if len(first.Runs) == 0 || len(second.Runs) == 0 || j.unpaired[first.Name] || j.unpaired[second.Name] {
		if j.Metric != "" { // no count of what was resolved
			return nil, nil
		}
		return figurePair(&j.Sides[0], &j.Sides[at], first, second, o.Level), nil
	}
	pooled, err := stats.Pool(first, second)
	if err != nil { // no instance in common: told, and no comparison
		j.Warnings = append(j.Warnings, stats.Warning{Doubt: stats.OtherInstances, Words: err.Error()})
		return nil, nil
	}
	c, err := stats.CompareCells(first, second, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.ResultKey, err)
	}
	pair := &JudgedPair{First: first.Name, Second: second.Name, Difference: c.Difference.Estimate}
	pair.Test = &stats.Test{Estimate: c.Difference.Estimate, P: c.Difference.P}
	pair.Test.Method = "the interval, inverted; interval " + c.Difference.Method
	pair.Effect = finite(stats.EffectBeside(pooled.Averaged(), c.Difference.P, o.Level))
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
	t, err := stats.RateTest(solvedA, nA, solvedB, nB, level)
	if err != nil {
		return nil
	}
	return &JudgedPair{First: a.Side, Second: b.Side, Difference: t.Estimate, Test: &t, Unpaired: true, Better: []InstanceChange{}, Worse: []InstanceChange{}}
}

// countOf is how many of how many instances were solved, by one run's verdicts or by a
// figure.
func countOf(s *JudgedSide, cell stats.Cell) (solved, n int, known bool) {
	if len(cell.Runs) == 1 {
		r := cell.Runs[0]
		return int(math.Round(r.Mean() * float64(len(r.Scores)))), len(r.Scores) + r.Unnamed, true
	}
	if s.Seeds > 1 { // their counts say nothing of seeds
		return 0, 0, false
	}
	for _, f := range s.Figures {
		if result.IsRate(f.Metric) && f.N > 0 && f.Value >= 0 && f.Value <= 1 {
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
