package behaviour

import (
	"math"
	"path"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
)

// ruleScore is the rule score of SWE-Lego-Live, version 5, as its documentation
// (docs/sft-data/scoring) and rule_score.py define it, with this package's rules
// for what an edit and a test are. Two of its ten measures are others here: the
// number of steps is left out, for it is relative to the rest of a dataset, and
// the words of a result are counted without a list of words to stop at.
func ruleScore(t *format.Trajectory, steps []Step) float64 {
	acting := slices.DeleteFunc(slices.Clone(steps), func(s Step) bool { return len(s.Actions) == 0 })
	failed := failedCalls(acting)
	efficiency := noRetries(acting, failed)
	style := 0.4*diversity(acting, len(protocol.ToolNames(t.Tools))) + 0.6*resultsUsed(t, steps)
	mastery := 0.9*callsThatWork(acting, failed) + 0.1*parallel(acting)
	completion := 0.3*submitted(t, steps) + 0.7*tested(acting)
	precision := 0.85*focus(acting) + 0.15*noRewrites(acting)
	return 0.20*efficiency + 0.15*style + 0.25*mastery + 0.25*completion + 0.15*precision
}

func clip(x float64) float64 { return min(max(x, 0), 1) }

// toolShares are how the calls divide over tools, 0 to 1.
func toolShares(acting []Step) (shares []float64) {
	counts, total := map[string]int{}, 0
	for _, s := range acting {
		for _, a := range s.Actions {
			counts[a.Tool]++
			total++
		}
	}
	for _, n := range counts {
		shares = append(shares, ratio(n, total))
	}
	slices.Sort(shares) // sums of floats depend on the order
	return shares
}

// noRetries takes a tenth off for each failed step whose next step calls the same
// tool, but for as many as chance would give.
func noRetries(acting []Step, failed []int) float64 {
	same, errors := 0, 0
	for i := 1; i < len(acting); i++ {
		if failed[i-1] == 0 {
			continue
		}
		errors++
		tools := map[string]bool{}
		for _, a := range acting[i-1].Actions {
			tools[a.Tool] = true
		}
		if slices.ContainsFunc(acting[i].Actions, func(a Action) bool { return tools[a.Tool] }) {
			same++
		}
	}
	chance := 0.0
	for _, share := range toolShares(acting) {
		chance += share * share
	}
	return 1 - clip(max(0, float64(same)-float64(errors)*chance)/10)
}

// diversity is the entropy of the tools called, as a part of what the tools at
// hand allow.
func diversity(acting []Step, described int) float64 {
	shares := toolShares(acting)
	if len(shares) < 2 {
		return 0
	}
	entropy, kinds := 0.0, len(shares)
	for _, p := range shares {
		entropy -= p * math.Log2(p)
	}
	if described > 1 {
		kinds = described
	}
	return clip(entropy / math.Log2(float64(kinds)))
}

// failedCalls counts those of each step.
func failedCalls(acting []Step) []int {
	failed := make([]int, len(acting))
	for i, s := range acting {
		for _, a := range s.Actions {
			if a.answered && callFailed(a) {
				failed[i]++
			}
		}
	}
	return failed
}

func callsThatWork(acting []Step, failed []int) float64 {
	answered, wrong := 0, 0
	for i, s := range acting {
		wrong += failed[i]
		for _, a := range s.Actions {
			if a.answered {
				answered++
			}
		}
	}
	if answered == 0 {
		return 1
	}
	return ratio(answered-wrong, answered)
}

// parallel is 1 where five calls stand in a step.
func parallel(acting []Step) float64 {
	calls := 0
	for _, s := range acting {
		calls += len(s.Actions)
	}
	if len(acting) == 0 {
		return 0
	}
	return clip((float64(calls)/float64(len(acting)) - 1) / 4)
}

// submitted is 1 where the last step closes, or says something in a scaffold that
// has no tool to close with; else that is a half.
func submitted(t *format.Trajectory, steps []Step) float64 {
	if len(steps) == 0 {
		return 0
	}
	last := steps[len(steps)-1]
	closes := func(tool string) bool { return slices.Contains(closeTools, strings.ToLower(tool)) }
	switch {
	case slices.ContainsFunc(last.Actions, func(a Action) bool { return a.Effect.Closes }):
		return 1
	case len(last.Actions) > 0 || last.Message != len(t.Messages)-1:
		return 0
	case slices.ContainsFunc(protocol.ToolNames(t.Tools), closes):
		return 0.5
	}
	return 1
}

// tested is a half for a test that was written and a half for one that was run.
func tested(acting []Step) (score float64) {
	writes := func(a Action) bool { return slices.ContainsFunc(a.Effect.Writes, isTestFile) }
	for _, does := range []func(Action) bool{writes, func(a Action) bool { return a.Effect.tests }} {
		if len(stepsThat(acting, does)) > 0 {
			score += 0.5
		}
	}
	return score
}

// focus is 1 where each file is edited once, and 0 from five times on.
func focus(acting []Step) float64 {
	edits, files := 0, map[string]bool{}
	for _, s := range acting {
		for _, a := range s.Actions {
			removed := removedBy(a)
			for _, file := range a.Effect.Writes {
				if file != "?" && !slices.Contains(removed, file) {
					files[inRepository(file)] = true
					edits++
				}
			}
		}
	}
	if len(files) == 0 {
		return 1
	}
	return 1 - clip((float64(edits)/float64(len(files))-1)/4)
}

// noRewrites takes a third off for each file that is written again after it was
// removed.
func noRewrites(acting []Step) float64 {
	gone, again := map[string]bool{}, 0
	for _, s := range acting {
		for _, a := range s.Actions {
			removed := removedBy(a)
			for _, file := range a.Effect.Writes {
				if !slices.Contains(removed, file) && gone[inRepository(file)] {
					again++
				}
			}
			for _, file := range removed {
				gone[inRepository(file)] = true
			}
		}
	}
	return 1 - clip(float64(again)/3)
}

// removedBy lists what a shell line removes.
func removedBy(a Action) (files []string) {
	for _, c := range a.Effect.commands {
		if c.name() != "rm" {
			continue
		}
		for _, word := range c.words[1:] {
			if !strings.HasPrefix(word, "-") {
				files = append(files, word)
			}
		}
	}
	return files
}

// inRepository spells a file one way, wherever the repository is mounted.
func inRepository(file string) string {
	for _, mount := range []string{"/workspace/", "/testbed/", "/repo/", "/home/swe-bench/"} {
		if rest, found := strings.CutPrefix(file, mount); found {
			file = rest
			break
		}
	}
	return path.Clean(file)
}
