package result

import (
	"slices"

	"trainyard/format/verdict"
)

// A Verdict is how one instance ended.
type Verdict string

// The verdicts; empty is none: there is a score alone, or attempts that differ.
const (
	Resolved   Verdict = "resolved"
	Unresolved Verdict = "unresolved" // graded, and not solved
	Error      Verdict = "error"      // could not be graded, or what was handed in could not be used
	Empty      Verdict = "empty"      // nothing was handed in
	Missing    Verdict = "missing"    // not attempted, or not graded yet
)

// Verdicts are all of them, in the order in which they are shown.
var Verdicts = []Verdict{Resolved, Unresolved, Error, Empty, Missing, ""}

func verdictOf(g verdict.Grade) Verdict { return Verdict(g.String()) }

// An Instance is the result on one task of a benchmark.
type Instance struct {
	ID      string  `json:"id"`
	Verdict Verdict `json:"verdict"`
	// Score is a number that the file has for the instance, in what [Result.Metric]
	// says; of several attempts their mean.
	Score *float64 `json:"score,omitempty"`
}

// An Aggregate is one figure about all instances, as the file has it.
type Aggregate struct {
	Metric string  `json:"metric"`
	Value  float64 `json:"value"`
	N      int64   `json:"n,omitempty"` // instances that it was made of; 0: not told
}

// A Source is where a result comes from.
type Source struct {
	// File is the report, or the directory that the parts lie in.
	File   string `json:"file"`
	Format string `json:"format"` // a key of Formats
	// SHA256 is that of the file; of several, that of their own digests.
	SHA256 string `json:"sha256"`
	Parts  int    `json:"parts,omitempty"` // how many files about one instance each; 0: one file about all
}

// A Result is one evaluation of one model on one benchmark.
type Result struct {
	Benchmark string `json:"benchmark"`
	Split     string `json:"split,omitempty"`
	Scaffold  string `json:"scaffold,omitempty"`
	Model     string `json:"model,omitempty"` // as the evaluation names it
	Seed      *int64 `json:"seed,omitempty"`
	Step      *int64 `json:"step,omitempty"` // of the checkpoint that was evaluated
	// Metric is what the scores of the instances are; empty where there are none.
	Metric string `json:"metric,omitempty"`
	// Asked is how many instances were to be judged, where the file tells; 0: it does
	// not. Rates are over all of them, also where it names fewer.
	Asked      int64       `json:"asked,omitempty"`
	Instances  []Instance  `json:"instances,omitempty"` // in order of their ids, each once
	Aggregates []Aggregate `json:"aggregates,omitempty"`
	// Notes are what does not fit together in the file, in words.
	Notes  []string `json:"notes,omitempty"`
	Source Source   `json:"source"`
}

// Counts is how many instances have each verdict.
func (r Result) Counts() map[Verdict]int {
	counts := map[Verdict]int{}
	for _, i := range r.Instances {
		counts[i.Verdict]++
	}
	return counts
}

// Unnamed is how many instances were to be judged and are not named. None of them is
// resolved: a report names all that are.
func (r Result) Unnamed() int { return max(0, int(r.Asked)-len(r.Instances)) }

// SolvedAlone says that instances are left out by how they ended: none that was graded
// and not solved is named. Nothing can be paired with such a result.
func (r Result) SolvedAlone() bool {
	return r.Unnamed() > 0 && !slices.ContainsFunc(r.Instances, func(i Instance) bool { return i.Verdict == Unresolved || i.Verdict == "" })
}
