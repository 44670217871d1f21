package stats

import (
	"fmt"
	"math"

	"github.com/dustin/go-humanize"
)

// A Doubt is the kind of a warning.
type Doubt string

// The doubts about a comparison.
const (
	SeedsDoNotSeparate Doubt = "seeds_do_not_separate" // the difference is inside what seeds do
	OneSeed            Doubt = "one_seed"              // the difference is of two runs, not of two cells
	OtherInstances     Doubt = "other_instances"       // the runs were not judged on the same instances
	OtherTokens        Doubt = "other_tokens"          // one side trained on more
	DataOverlap        Doubt = "data_overlap"          // training data hold what the benchmark asks
	UnnamedInstances   Doubt = "unnamed_instances"     // a report does not name all that were to be judged
	OtherRecipes       Doubt = "other_recipes"         // runs that are pooled as seeds are of different recipes
)

// A Warning is a reason to doubt a comparison, for a program and for people.
type Warning struct {
	Doubt Doubt  `json:"doubt"`
	Words string `json:"words"`
}

// Tokens are what the two sides trained on.
type Tokens struct {
	First, Second int64   // trained tokens; 0 is unknown, which warns of nothing
	Tolerance     float64 // share of the larger by which they may differ; 0 means 0.05
}

// Overlap is what the data of one side have in common with the benchmark.
type Overlap struct {
	Name      string // of the run or the cell
	Benchmark string
	Instances int // of the benchmark, found in the data
}

// Differ warns where the trained tokens differ by more than the tolerance.
func (t Tokens) Differ(first, second string) []Warning {
	if t.First <= 0 || t.Second <= 0 {
		return nil
	}
	tolerance := t.Tolerance
	if tolerance == 0 {
		tolerance = 0.05
	}
	a, b := float64(t.First), float64(t.Second)
	apart := math.Abs(a-b) / math.Max(a, b)
	if apart <= tolerance {
		return nil
	}
	return []Warning{{OtherTokens, fmt.Sprintf("%s trained on %s tokens and %s on %s, %s apart: the difference may be of the amount",
		first, humanize.Comma(t.First), second, humanize.Comma(t.Second), percent(apart))}}
}

// Overlaps warns of each side whose data overlap the benchmark.
func Overlaps(found ...Overlap) (warnings []Warning) {
	for _, o := range found {
		if o.Instances > 0 {
			warnings = append(warnings, Warning{DataOverlap, fmt.Sprintf("the data of %s hold %s of %s: its score may be memory", o.Name, instances(o.Instances), o.Benchmark)})
		}
	}
	return warnings
}

// Warn warns where the two runs were not judged on the same instances.
func (p Paired) Warn() []Warning {
	if p.OnlyA == 0 && p.OnlyB == 0 {
		return nil
	}
	return []Warning{{OtherInstances, fmt.Sprintf("%s and %s share %s; %d only the first judged, %d only the second, and these are left out",
		p.First, p.Second, instances(len(p.Names)), p.OnlyA, p.OnlyB)}}
}

// Warn warns where instances were left out because a run did not judge them.
func (p Pooled) Warn() []Warning {
	if p.Missing == 0 {
		return nil
	}
	return []Warning{{OtherInstances, fmt.Sprintf("the runs of %s and %s share %s; %d that some run did not judge are left out",
		p.First, p.Second, instances(len(p.Names)), p.Missing)}}
}

// Warn warns where the seeds cannot separate the cells, and where there was one
// seed, which cannot show it.
func (d PooledDifference) Warn(first, second string) []Warning {
	if d.SeedsA < 2 || d.SeedsB < 2 {
		return []Warning{{OneSeed, fmt.Sprintf("%s has %s and %s has %d: another seed may turn the difference round, and how likely that is is unknown",
			first, counted(d.SeedsA, "seed"), second, d.SeedsB)}}
	}
	if d.Separable() {
		return nil
	}
	if d.TooFew != "" {
		return []Warning{{SeedsDoNotSeparate, fmt.Sprintf("%s to tell %s from %s: more are needed", d.TooFew, first, second)}}
	}
	return []Warning{{SeedsDoNotSeparate, fmt.Sprintf("%d and %s cannot separate %s from %s: the interval holds zero", d.SeedsA, counted(d.SeedsB, "seed"), first, second)}}
}
