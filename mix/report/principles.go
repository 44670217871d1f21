package report

import (
	"fmt"

	"trainyard/format/behaviour"
)

// A Verdict says whether one of the four principles of Hybrid-Gym holds for a
// part, and on what grounds.
type Verdict struct {
	Principle int    `json:"principle"` // from 1
	Title     string `json:"title"`
	Result    Result `json:"result"`
	Grounds   string `json:"grounds"` // the numbers that it rests on
	Rule      string `json:"rule"`
}

// A Result is what a verdict comes to.
type Result string

// Unknown is for what was not counted or not said.
const (
	Holds   Result = "holds"
	Fails   Result = "fails"
	Unknown Result = "unknown"
)

// The paper states the principles in words. The borders are ours, drawn well
// below what its own data reaches, so that a part that fails is far from it.
const (
	leastEditing   = 0.75 // of trajectories; edits are what all four of its tasks are scored by
	leastExplored  = 0.75 // of trajectories
	leastExploring = 13.6 // % of steps, half of the least of its benchmarks, Commit-0's 27.3
	leastMessages  = 13.4 // half of the least of its dataset table, SWE-smith's 26.7
	mostCents      = 2.32 // the dearest set-up whose cost it knows, SWE-smith's
	mostImages     = 0.1  // for each trajectory: SWE-Play has 0.04, R2E-Gym 1.4
)

// A principle judges a part.
type principle struct {
	title, rule string
	judge       func(*Part) (Result, string)
}

var principles = []principle{
	{"the output is a patch", fmt.Sprintf("a file that is neither test nor scratch is written in at least %.0f %% of the trajectories", 100*leastEditing), judgePatch},
	{"the repository is explored", fmt.Sprintf("files are read, listed or searched in at least %.0f %% of the trajectories and %.1f %% of the steps", 100*leastExplored, leastExploring), judgeExploration},
	{"the reasoning is not trivial", fmt.Sprintf("a trajectory has at least %.1f messages in the mean", leastMessages), judgeReasoning},
	{"the set-up is cheap", fmt.Sprintf("at most %.2f cents for an instance, and at most %.1f images for a trajectory; what a recipe does not say is not held against it if it says the other", mostCents, mostImages), judgeSetup},
}

func verdicts(p *Part) []Verdict {
	list := make([]Verdict, len(principles))
	for i, rule := range principles {
		result, grounds := rule.judge(p)
		list[i] = Verdict{Principle: i + 1, Title: rule.title, Result: result, Grounds: grounds, Rule: rule.rule}
	}
	return list
}

func result(holds bool) Result {
	if holds {
		return Holds
	}
	return Fails
}

const notCounted = "not counted"

// counts are the tally of a part that has one with something in it.
func (p *Part) counts() *behaviour.Tally {
	if p.Content == nil || p.Trajectories == 0 {
		return nil
	}
	return &p.Content.Behaviour
}

// tallied is what a tally counts: rows, which are the trajectories where none was
// split or is repeated.
func (p *Part) tallied(t *behaviour.Tally) string {
	if t.Trajectories != p.Trajectories {
		return counted(t.Trajectories, "row", "rows")
	}
	return counted(t.Trajectories, "trajectory", "trajectories")
}

func judgePatch(p *Part) (Result, string) {
	t := p.counts()
	if t == nil {
		return Unknown, notCounted
	}
	grounds := fmt.Sprintf("%s of %s edit a source file (%s)", number(t.SourceEdit), p.tallied(t), percent(t.SourceEdit, t.Trajectories))
	return result(float64(t.SourceEdit) >= leastEditing*float64(t.Trajectories)), grounds
}

func judgeExploration(p *Part) (Result, string) {
	t := p.counts()
	if t == nil {
		return Unknown, notCounted
	}
	steps := t.Activities[behaviour.Exploration]
	grounds := fmt.Sprintf("%s of %s explore, and %s of the steps", percent(t.Explored, t.Trajectories), p.tallied(t), percent(steps, t.Steps))
	enough := float64(t.Explored) >= leastExplored*float64(t.Trajectories) && 100*float64(steps) >= leastExploring*float64(t.Steps)
	return result(enough), grounds
}

func judgeReasoning(p *Part) (Result, string) {
	t := p.counts()
	if t == nil {
		return Unknown, notCounted
	}
	mean := p.Content.Messages.Mean
	return result(mean >= leastMessages), fmt.Sprintf("%.1f messages in the mean; %s of the steps say something besides their call", mean, percent(t.Spoken, t.Steps))
}

func judgeSetup(p *Part) (Result, string) {
	if p.Images == 0 && p.SetupCost == nil || p.Trajectories == 0 {
		return Unknown, "the recipe says neither images nor setup_cost of every source"
	}
	cheap, grounds := true, "images unknown"
	if p.Images > 0 {
		cheap = float64(p.Images) <= mostImages*float64(p.Trajectories)
		grounds = counted(int64(p.Images), "image", "images") + " for " + counted(p.Trajectories, "trajectory", "trajectories")
	}
	if p.SetupCost == nil {
		return result(cheap), grounds + ", cost unknown"
	}
	return result(cheap && *p.SetupCost <= mostCents), grounds + fmt.Sprintf(", %.2f cents for an instance", *p.SetupCost)
}
