package yard

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/launch/result"
)

// A known is what no single result says, and all that are told together do.
type known struct {
	exact  bool               // a benchmark is spelled as it was asked for
	scored map[ResultKey]bool // those that some run has scores of, without a verdict
}

// check refuses what no result can be chosen by.
func (c Choosing) check() error {
	if c.Step != nil && *c.Step < 0 {
		return fmt.Errorf("the checkpoint at step %d: steps count from 0", *c.Step)
	}
	return nil
}

// among learns from all results that are told together.
func (c Choosing) among(byRun map[string][]launch.StoredResult) Choosing {
	c.known.scored = map[ResultKey]bool{}
	for _, results := range byRun {
		for _, r := range results {
			c.known.exact = c.known.exact || c.Benchmark != "" && result.Same(r.Benchmark, c.Benchmark)
			if len(r.Instances) > 0 && !graded(r) {
				c.known.scored[ResultKey{r.Benchmark, r.Split, r.Scaffold, scoreName(r)}] = true
			}
		}
	}
	return c
}

// wants says whether a benchmark is the one that was asked for: of that very name where
// there is one, else any that begins with it.
func (c Choosing) wants(benchmark string) bool {
	switch {
	case c.Benchmark == "":
		return true
	case c.known.exact:
		return result.Same(benchmark, c.Benchmark)
	}
	return result.Fits(benchmark, c.Benchmark)
}

// metricOf is what a result is judged by; it has none where another one was asked for,
// and where it holds nothing.
func (c Choosing) metricOf(r launch.StoredResult) (metric string, has bool) {
	if len(r.Instances) == 0 {
		f := c.figureOf(r)
		if f == nil {
			return "", false
		}
		return figureMetric(f.Metric), true
	}
	if c.scoresOwn(r) {
		metric = scoreName(r)
	}
	return metric, c.Metric == "" || sameMetric(metric, c.Metric) || metric == "" && result.IsRate(c.Metric)
}

// keyOfGraded is the key of a result with a verdict on each instance, which are not read.
func keyOfGraded(r launch.StoredResult) ResultKey {
	k := ResultKey{Benchmark: r.Benchmark, Split: r.Split, Scaffold: r.Scaffold}
	if result.Reports(r.Metric) {
		k.Metric = r.Metric
	}
	return k
}

// scoresOwn says whether the scores of a result count, and not its verdicts: where there
// is no verdict, where a benchmark is reported by the score although there are, as
// Commit-0 is by the mean share of tests that pass, where the score was asked for, and
// where another run has scores of that metric that are no verdicts.
func (c Choosing) scoresOwn(r launch.StoredResult) bool {
	if !graded(r) || result.Reports(r.Metric) {
		return true
	}
	scored := !slices.ContainsFunc(r.Instances, func(i result.Instance) bool { return i.Score == nil })
	return scored && r.Metric != "" && (c.known.scored[ResultKey{r.Benchmark, r.Split, r.Scaffold, r.Metric}] || c.Metric != "" && sameMetric(r.Metric, c.Metric))
}

// graded says whether a result is of verdicts: it has one, or no score alone. That an
// instance is missing is said beside scores too.
func graded(r launch.StoredResult) bool {
	judged := slices.ContainsFunc(r.Instances, func(i result.Instance) bool { return i.Verdict != "" && i.Verdict != result.Missing })
	return judged || !slices.ContainsFunc(r.Instances, func(i result.Instance) bool { return i.Verdict == "" })
}

// scoreName is the metric of scores, which some files do not name.
func scoreName(r launch.StoredResult) string {
	if r.Metric == "" {
		return "score"
	}
	return r.Metric
}

// figureOf is the figure that a result without instances is judged by: the one that was
// asked for, else the first rate, else the first of all.
func (c Choosing) figureOf(r launch.StoredResult) *result.Aggregate {
	first := func(holds func(name string) bool) *result.Aggregate {
		i := slices.IndexFunc(r.Aggregates, func(a result.Aggregate) bool { return holds(a.Metric) })
		if i < 0 {
			return nil
		}
		return &r.Aggregates[i]
	}
	if c.Metric != "" {
		return first(func(name string) bool { return sameMetric(name, c.Metric) })
	}
	if f := first(result.IsRate); f != nil {
		return f
	}
	return first(func(name string) bool { return !strings.Contains(name, "_stderr") })
}

// figureMetric is the metric of a figure; a share of resolved instances is compared with
// verdicts.
func figureMetric(name string) string {
	if result.IsRate(name) {
		return ""
	}
	return name
}

// sameMetric says that a metric is the one that was asked for, as it is spelled or
// without the filter that lm-evaluation-harness adds.
func sameMetric(metric, asked string) bool {
	name, _, _ := strings.Cut(metric, ",")
	return metric == asked || name == asked
}

// otherMetrics says of one benchmark what keeps two sides from being compared on it:
// their scores are different things.
func otherMetrics(sides []Side, found []judgedRuns) (words []string) {
	first := keysOfResults(found[:1])
	for i, s := range sides[1:] {
		told := map[string]bool{}
		for _, e := range first {
			theirs := metricsOn(found[i+1], e.name())
			if mine := metricsOn(found[0], e.name()); len(theirs) > 0 && !told[e.name()] && !shareAny(mine, theirs) {
				told[e.name()] = true
				words = append(words, fmt.Sprintf("on %s %s was judged by %s and %s by %s, which are not compared", e.name(), sides[0].Name, metricWords(mine), s.Name, metricWords(theirs)))
			}
		}
	}
	return words
}

// metricsOn are the metrics of a side on one evaluation.
func metricsOn(of judgedRuns, name string) (metrics []string) {
	for e := range of {
		if e.name() == name {
			metrics = append(metrics, e.Metric)
		}
	}
	slices.Sort(metrics)
	return metrics
}

func shareAny(a, b []string) bool {
	return slices.ContainsFunc(a, func(m string) bool { return slices.Contains(b, m) })
}

func metricWords(metrics []string) string {
	words := slices.Clone(metrics)
	for i := range words {
		if words[i] == "" {
			words[i] = "verdicts"
		}
	}
	return strings.Join(words, " and ")
}

// errTwice says that one run stands on two sides.
var errTwice = errors.New("a run is compared with others, and counts once")

// apart refuses a run that stands on two sides: it would be compared with itself, and
// counted twice in what seeds do.
func apart(sides []Side) error {
	of := map[string]string{}
	for _, s := range sides {
		for _, r := range s.Runs {
			if first, twice := of[r.ID]; twice {
				return fmt.Errorf("run %.8s stands in %s and in %s: %w; leave it out of one", r.ID, first, s.Name, errTwice)
			}
			of[r.ID] = s.Name
		}
	}
	return nil
}
