package result

import (
	"slices"
	"strings"
	"unicode"
)

// A Metric is what is known of scores and figures by their name. One that [Metrics] does
// not have is better where it is higher, and stands beside verdicts.
type Metric struct {
	Names []string // in small letters; a longer name that has one of them as words is of the kind too, where Whole is not set
	Whole bool
	Lower bool // a lower one is better
	Rate  bool // a part of all instances: it is compared with verdicts
	// Reports says that a benchmark is reported by the mean score, although its
	// instances have verdicts.
	Reports bool
}

// Metrics are those that differ from the rest.
var Metrics = []Metric{
	{Names: []string{"accuracy", "acc", "resolve_rate", "resolved_rate", "pass@1", "exact_match"}, Whole: true, Rate: true},
	{Names: []string{passRate}, Whole: true, Reports: true}, // Commit-0: the mean share of tests that pass
	{Names: []string{"loss", "perplexity", "ppl", "nll", "bits_per_byte", "error", "brier_score", "wer", "cer", "ter", "mae", "mse", "rmse"}, Lower: true},
}

// passRate is the metric of Commit-0's shares of tests.
const passRate = "pass rate"

// metricNamed finds what is known of a metric. lm-evaluation-harness writes a filter behind
// a name, and none of them is a filter too.
func metricNamed(name string) Metric {
	name = strings.TrimSuffix(strings.ToLower(name), ",none")
	words := "_" + strings.Join(strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "_") + "_"
	for _, m := range Metrics {
		if slices.Contains(m.Names, name) || !m.Whole && slices.ContainsFunc(m.Names, func(part string) bool { return strings.Contains(words, "_"+part+"_") }) {
			return m
		}
	}
	return Metric{}
}

// LowerIsBetter says so of a loss, a perplexity, an error.
func LowerIsBetter(metric string) bool { return metricNamed(metric).Lower }

// IsRate says that a figure is the part of all instances that are solved.
func IsRate(figure string) bool { return metricNamed(figure).Rate }

// Reports says that a benchmark is reported by the mean of these scores, whatever verdicts
// stand beside them.
func Reports(metric string) bool { return metricNamed(metric).Reports }

// ZeroIsNone says that an instance which was not judged counts as a score of 0, as one that
// was not handed in counts as not solved. No loss is 0 because it is not known.
func ZeroIsNone(metric string) bool { return !LowerIsBetter(metric) }
