package behaviour

import (
	"slices"
	"strings"

	"trainyard/format"
)

// isLoop is the measure of the Hybrid-Gym paper: the same action three times in
// a row. Parallel calls are one action together, and a step without an action
// ends a row.
func isLoop(_ *format.Trajectory, steps []Step) bool {
	row := 0
	for i, s := range steps {
		switch {
		case len(s.Actions) == 0:
			row = 0
		case row > 0 && s.sameActions(steps[i-1]):
			row++
		default:
			row = 1
		}
		if row == 3 {
			return true
		}
	}
	return false
}

func (s Step) sameActions(other Step) bool {
	return slices.EqualFunc(s.Actions, other.Actions, Action.same)
}

// sameResults says that the results of two steps are the same, spaces around
// them aside.
func (s Step) sameResults(other Step) bool {
	return slices.EqualFunc(s.Actions, other.Actions, func(a, b Action) bool {
		return a.answered && b.answered && strings.TrimSpace(a.result) == strings.TrimSpace(b.result)
	})
}

// isStuck follows the rules by which OpenHands stops an agent
// (openhands/controller/stuck.py; in V1 sdk/conversation/stuck_detector.py),
// asked after every step: four times the same action with the same result,
// three times the same with an error, two steps in turn three times, three
// messages of the same text, or without any, and no result between them. Users'
// messages do not count, as in its headless mode. The thought beside a call is
// left aside: it says the same in other words.
func isStuck(t *format.Trajectory, steps []Step) bool {
	var acted []Step  // the last steps with actions, no text between them
	var said []string // texts of the steps since the last action
	for _, s := range steps {
		if len(s.Actions) > 0 {
			acted, said = append(acted, s), nil
		} else {
			acted, said = nil, append(said, strings.TrimSpace(t.Messages[s.Message].Content))
		}
		if repeats(acted, 4, 1, Step.sameResults) || repeats(acted, 3, 1, bothFailed) || repeats(acted, 6, 2, Step.sameResults) || isMonologue(said) {
			return true
		}
	}
	return false
}

// repeats says that the last n steps are the same at a distance of period, and
// their results so as alike asks.
func repeats(steps []Step, n, period int, alike func(a, b Step) bool) bool {
	if len(steps) < n {
		return false
	}
	last := steps[len(steps)-n:]
	for i := period; i < n; i++ {
		if !last[i].sameActions(last[i-period]) || !alike(last[i], last[i-period]) {
			return false
		}
	}
	return true
}

func bothFailed(a, b Step) bool { return a.refused() && b.refused() }

// refused says that the scaffold could not carry out any action of the step.
func (s Step) refused() bool {
	return !slices.ContainsFunc(s.Actions, func(a Action) bool { return !a.answered || !isErrorText(a.result) })
}

func isMonologue(said []string) bool {
	n := len(said)
	return n >= 3 && said[n-1] == said[n-2] && said[n-2] == said[n-3]
}
