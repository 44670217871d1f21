package yard

import (
	"fmt"
	"testing"

	"trainyard/launch"
	"trainyard/launch/result"
)

// A run of 18 steps that saved each tenth has been judged in several ways.
func TestTheLastCheckpointOfARunIsItsEnd(t *testing.T) {
	of := func(attempt int, step int64) launch.StoredResult {
		r := launch.StoredResult{Attempt: attempt, Result: result.Result{Benchmark: "eels", Aggregates: []result.Aggregate{{Metric: "score", Value: float64(step)}}}}
		if step > 0 {
			r.Step = &step
		}
		return r
	}
	ended := launch.Run{Attempt: launch.Attempt{N: 2, State: launch.Succeeded, Step: 18}}
	running := launch.Run{Attempt: launch.Attempt{N: 2, State: launch.Running, Step: 18}}
	for what, c := range map[string]struct {
		run     launch.Run
		asked   int64
		results []launch.StoredResult
		chosen  string // 0: tells no step
		others  string
	}{
		"the last step, and none":        {ended, 0, []launch.StoredResult{of(0, 0), of(2, 18), of(0, 6)}, "[0 18]", "[6]"},
		"the last step alone":            {ended, 0, []launch.StoredResult{of(0, 6), of(0, 18)}, "[18]", "[6]"},
		"what the run came to":           {ended, 0, []launch.StoredResult{of(0, 0), of(2, 10)}, "[0 10]", "[]"},
		"what it came to before":         {ended, 0, []launch.StoredResult{of(0, 0), of(1, 10)}, "[0]", "[10]"},
		"a checkpoint before the end":    {ended, 0, []launch.StoredResult{of(0, 0), of(0, 10)}, "[0]", "[10]"},
		"none of the end":                {ended, 0, []launch.StoredResult{of(0, 6), of(0, 12)}, "[12]", "[6]"},
		"the last step is asked for":     {ended, 18, []launch.StoredResult{of(0, 0), of(2, 18), of(0, 6)}, "[0 18]", "[6]"},
		"another step is asked for":      {ended, 6, []launch.StoredResult{of(0, 0), of(2, 18), of(0, 6)}, "[6]", "[18]"},
		"a step that has none":           {ended, 7, []launch.StoredResult{of(0, 0), of(2, 18)}, "[]", "[18]"},
		"where a run stands is no end":   {running, 0, []launch.StoredResult{of(0, 0), of(0, 18)}, "[0]", "[18]"},
		"asked for while the run stands": {running, 18, []launch.StoredResult{of(0, 0), of(0, 18)}, "[18]", "[]"},
	} {
		choosing := Choosing{}
		if c.asked > 0 {
			choosing.Step = &c.asked
		}
		chosen, others := choosing.checkpoint(c.run, c.results)
		steps := []int64{}
		for _, r := range chosen {
			steps = append(steps, int64(r.Aggregates[0].Value))
		}
		if got := fmt.Sprint(steps); got != c.chosen || fmt.Sprint(others) != c.others {
			t.Errorf("%s: chose %s beside %v, want %s beside %s", what, got, others, c.chosen, c.others)
		}
	}
}

// That an instance is missing makes no verdicts of the scores beside it.
func TestScoresWithAnInstanceMissingAreNoVerdicts(t *testing.T) {
	half := 0.5
	of := func(all ...result.Instance) launch.StoredResult {
		return launch.StoredResult{Result: result.Result{Instances: all}}
	}
	scored, missing, solved := result.Instance{ID: "a", Score: &half}, result.Instance{ID: "b", Verdict: result.Missing}, result.Instance{ID: "c", Verdict: result.Resolved}
	for want, r := range map[bool][]launch.StoredResult{
		false: {of(scored), of(scored, missing)},
		true:  {of(solved), of(solved, missing), of(missing), of(scored, solved)},
	} {
		for _, one := range r {
			if got := graded(one); got != want {
				t.Errorf("%+v: %v", one.Instances, got)
			}
		}
	}
}
