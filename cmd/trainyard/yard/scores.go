package yard

import (
	"cmp"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/launch/result"
	"trainyard/launch/stats"
)

// A ResultKey is what runs were judged on, and by what: results with one key are compared,
// and those with two never are.
type ResultKey struct {
	Benchmark string `json:"benchmark"`
	Split     string `json:"split,omitempty"`
	Scaffold  string `json:"scaffold,omitempty"`
	// Metric is what the scores are; empty: verdicts, and figures that are the share of
	// resolved instances.
	Metric string `json:"metric,omitempty"`
}

// String names it as lists of results do, and then its metric.
func (k ResultKey) String() string { return strings.TrimSuffix(k.name()+" "+k.Metric, " ") }

// name is the key without its metric.
func (k ResultKey) name() string {
	return launch.ResultName(result.Result{Benchmark: k.Benchmark, Split: k.Split, Scaffold: k.Scaffold})
}

// A Choosing says which results count, and as what.
type Choosing struct {
	Benchmark string `json:"benchmark,omitempty"` // as a user names it; empty: all
	Metric    string `json:"metric,omitempty"`    // of scores and figures; empty: the main one of each result
	Step      *int64 `json:"step,omitempty"`      // of the checkpoint; nil: the end of the run, else the last one
	// LeaveMissing takes instances that were not attempted, or not graded yet, out;
	// else they count as not solved, as leaderboards count them.
	LeaveMissing bool `json:"leave_missing,omitempty"`

	known known // of all results that are told together
}

// A judged is what the results of one run with one key came to: of several seeds of the
// evaluation, the mean of each instance.
type judged struct {
	scores  map[string]float64
	step    *int64  // of the checkpoint; nil: not told, the end of the run
	others  []int64 // steps of other checkpoints that were judged, in order
	missing int     // instances without a verdict
	// unnamed is how many more instances were to be judged, and solvedAlone says that they
	// are left out by how they ended, so that nothing is paired.
	unnamed     int
	solvedAlone bool
	// figures are those of the file, where it has no instances, and figure is the one
	// that it is judged by.
	figures []result.Aggregate
	figure  *result.Aggregate
}

// judgedBy gathers the results of one run, by their keys.
func (c Choosing) judgedBy(run launch.Run, results []launch.StoredResult) map[ResultKey]*judged {
	of := map[ResultKey][]launch.StoredResult{}
	for _, r := range results {
		if metric, has := c.metricOf(r); has && c.wants(r.Benchmark) {
			k := ResultKey{r.Benchmark, r.Split, r.Scaffold, metric}
			of[k] = append(of[k], r)
		}
	}
	all := map[ResultKey]*judged{}
	for k, results := range of {
		if chosen, others := c.checkpoint(run, results); len(chosen) > 0 {
			all[k] = c.judge(k.Metric, chosen, others)
		}
	}
	return all
}

// checkpoint chooses the results of the one that is compared, and tells the steps of
// the others.
func (c Choosing) checkpoint(run launch.Run, results []launch.StoredResult) (chosen []launch.StoredResult, others []int64) {
	wanted := c.Step
	ended := slices.ContainsFunc(results, func(r launch.StoredResult) bool { return atEnd(run, r) })
	if wanted == nil && !ended {
		wanted = slices.MaxFunc(results, func(a, b launch.StoredResult) int { return cmp.Compare(*a.Step, *b.Step) }).Step
	}
	for _, r := range results {
		if wanted == nil && atEnd(run, r) || wanted != nil && isOf(run, r, *wanted) {
			chosen = append(chosen, r)
		} else if r.Step != nil && !slices.Contains(others, *r.Step) {
			others = append(others, *r.Step)
		}
	}
	slices.Sort(others)
	return chosen, others
}

// atEnd reports whether a result is of what the run came to. One that tells no step is,
// and so is one of the last step of a run that has ended. Only an evaluation that the
// run's recipe asks for tells an attempt, and it looks at what that came to, which may be
// a checkpoint some steps before the end.
func atEnd(run launch.Run, r launch.StoredResult) bool {
	if r.Step == nil {
		return true
	}
	return run.State.Ended() && (*r.Step == run.Step || r.Attempt > 0 && r.Attempt == run.N)
}

// isOf reports whether a result is of the checkpoint of a step. One that tells none is of
// the last step.
func isOf(run launch.Run, r launch.StoredResult, step int64) bool {
	if r.Step == nil {
		return run.State.Ended() && run.Step > 0 && run.Step == step
	}
	return *r.Step == step
}

func one(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

// judge takes the mean of each instance over results, which differ by the seed of the
// evaluation.
func (c Choosing) judge(metric string, results []launch.StoredResult, others []int64) *judged {
	j := &judged{step: results[0].Step, others: others}
	times, asked := map[string]int{}, 0
	for _, r := range results {
		if len(r.Instances) == 0 {
			j.figures = append(j.figures, r.Aggregates...)
			if figure := c.figureOf(r); j.figure == nil {
				j.figure = figure
			}
			continue
		}
		if j.scores == nil {
			j.scores = make(map[string]float64, len(r.Instances))
		}
		j.solvedAlone = j.solvedAlone || r.SolvedAlone()
		asked = max(asked, int(r.Asked))
		for _, i := range r.Instances {
			if i.Verdict == result.Missing {
				j.missing++
			}
			if score, known := scoreOf(i, metric); known && !(c.LeaveMissing && i.Verdict == result.Missing) {
				j.scores[i.ID] += score
				times[i.ID]++
			}
		}
	}
	c.countUnnamed(results, times)
	for id, n := range times {
		j.scores[id] /= float64(n)
	}
	if !c.LeaveMissing && result.ZeroIsNone(metric) {
		j.unnamed = max(0, asked-len(j.scores))
	}
	return j
}

// unpairable says that the instances which are named are chosen by how they ended.
func (j *judged) unpairable() bool { return j.unnamed > 0 && j.solvedAlone }

// countUnnamed counts an instance for a result that does not name it and was to judge more
// than it names: it is not solved there.
func (c Choosing) countUnnamed(results []launch.StoredResult, times map[string]int) {
	for _, r := range results {
		if c.LeaveMissing || r.Unnamed() == 0 || len(results) == 1 {
			continue
		}
		named := map[string]bool{}
		for _, i := range r.Instances {
			named[i.ID] = true
		}
		for id := range times {
			times[id] += one(!named[id])
		}
	}
}

// run are the scores as statistics take them.
func (j *judged) run(name string) stats.Run {
	return stats.Run{Name: name, Scores: j.scores, Unnamed: j.unnamed}
}

// scoreOf is 1 or 0 for a verdict; an instance with attempts that differ has a score
// alone, and one that has no loss is not known.
func scoreOf(i result.Instance, metric string) (score float64, known bool) {
	switch {
	case i.Score != nil && (metric != "" || i.Verdict == ""):
		return *i.Score, true
	case i.Verdict == "" || !result.ZeroIsNone(metric):
		return 0, false
	case i.Verdict == result.Resolved:
		return 1, true
	}
	return 0, true
}

// isShare says that scores are shares of something, which people read in per cent:
// verdicts, and scores and figures that all lie from 0 to 1, unless a lower one is
// better.
func isShare(metric string, runs []stats.Run, figures ...float64) bool {
	if result.LowerIsBetter(metric) || slices.ContainsFunc(figures, func(f float64) bool { return f < 0 || f > 1 }) {
		return false
	}
	for _, r := range runs {
		for _, score := range r.Scores {
			if score < 0 || score > 1 {
				return false
			}
		}
	}
	return true
}
