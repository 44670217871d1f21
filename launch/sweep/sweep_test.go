package sweep_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/sweep"
)

func TestACellIsAllOfItsContent(t *testing.T) {
	base := sweep.Content{Recipe: "r", Data: "d", Inputs: []string{"a", "b"}, Pipeline: 5, Lock: "l"}
	seen := map[string]int{base.Hash(): 0}
	for i, change := range []func(*sweep.Content){
		func(c *sweep.Content) { c.Recipe = "s" }, func(c *sweep.Content) { c.Data = "e" }, func(c *sweep.Content) { c.Inputs = []string{"b", "a"} },
		func(c *sweep.Content) { c.Inputs = []string{"ab"} }, func(c *sweep.Content) { c.Pipeline = 6 }, func(c *sweep.Content) { c.Lock = "" }, func(c *sweep.Content) { c.Repeat = 2 },
	} {
		c := base
		change(&c)
		if was, known := seen[c.Hash()]; known {
			t.Errorf("change %d has the hash of %d", i+1, was)
		}
		seen[c.Hash()] = i + 1
	}
	first := base
	if first.Repeat = 1; first.Hash() != base.Hash() {
		t.Error("the first repeat is another cell than the recipe by itself")
	}
}

func run(id string, state launch.State) launch.Run {
	return launch.Run{ID: id, Attempt: launch.Attempt{N: 1, State: state}}
}

func TestTheStateOfACellIsThatOfItsBestRun(t *testing.T) {
	now := time.Unix(1e9, 0)
	waits := run("w", launch.Preempted)
	waits.Job.Attempts, waits.EndedAt = 2, now.Add(-time.Minute)
	gone := waits
	gone.EndedAt = now.Add(-time.Hour)
	ruled := run("ruled", launch.Cancelled)
	ruled.Verdict = "its loss is no finite number"
	for _, c := range []struct {
		runs     []launch.Run
		prepared bool
		want     sweep.State
		run      string
	}{
		{nil, false, sweep.Missing, ""}, {nil, true, sweep.Prepared, ""},
		{[]launch.Run{run("n", launch.Failed), run("o", launch.Succeeded)}, true, sweep.Succeeded, "o"},
		{[]launch.Run{run("n", launch.Failed), run("o", launch.Queued)}, true, sweep.Running, "o"},
		{[]launch.Run{run("n", launch.Failed), run("o", launch.Lost)}, true, sweep.Lost, "o"},
		{[]launch.Run{run("n", launch.Cancelled), run("o", launch.Failed)}, true, sweep.Cancelled, "n"},
		{[]launch.Run{ruled}, true, sweep.Stopped, "ruled"},
		{[]launch.Run{waits}, true, sweep.Running, "w"}, {[]launch.Run{gone}, true, sweep.Failed, "w"},
	} {
		got, by := sweep.Standing(c.runs, c.prepared, now)
		if got != c.want || (by == nil) != (c.run == "") || by != nil && by.ID != c.run {
			t.Errorf("%+v: %s by %v, want %s by %s", c.runs, got, by, c.want, c.run)
		}
	}
}

func TestEveryStateHasAMeaning(t *testing.T) {
	for _, s := range sweep.States {
		if sweep.Meanings[s] == "" {
			t.Errorf("%s has none", s)
		}
	}
	if len(sweep.Meanings) != len(sweep.States) {
		t.Errorf("%d meanings of %d states", len(sweep.Meanings), len(sweep.States))
	}
}

func TestACellIsStartedWhereNoRunHasItAndWhereItHadFailedBefore(t *testing.T) {
	failed, never := run("f", launch.Failed), run("n", launch.Failed)
	never.NeverStarted = true
	before := map[sweep.Try]bool{{Run: "f", N: 1}: true}
	again := failed
	again.N = 2 // it has failed since
	for _, c := range []struct {
		state sweep.State
		run   *launch.Run
		want  bool
	}{
		{sweep.Missing, nil, true}, {sweep.Prepared, nil, true}, {sweep.Running, &failed, false}, {sweep.Succeeded, &failed, false}, {sweep.Lost, &failed, false}, {sweep.Stopped, &failed, false},
		{sweep.Failed, &failed, true}, {sweep.Failed, &again, false}, {sweep.Failed, &never, true},
	} {
		if got := sweep.May(c.state, c.run, before); got != c.want {
			t.Errorf("%s: %v", c.state, got)
		}
	}
}

// course has a loss at each step up to the last, a hundred tokens a step.
func course(last int64, loss float64) (c sweep.Course) {
	for s := int64(1); s <= last; s++ {
		c.Points = append(c.Points, sweep.Point{Step: s, Tokens: 100 * s, Loss: loss, EvalLoss: math.NaN()})
	}
	c.Total = 100
	return c
}

func TestARunFarAboveTheMedianIsStoppedOnceThereIsEnoughToCompare(t *testing.T) {
	rules := sweep.Usual()
	rules.Worse = 0.2
	finished := []sweep.Course{course(100, 1), course(100, 2), course(100, 3)}
	for _, c := range []struct {
		what     string
		run      sweep.Course
		finished []sweep.Course
		at, want string
	}{
		{"worse by a third", course(30, 2.7), finished, "steps", "more than 20 % above 2, the median of 3"},
		{"worse by a third, at equal tokens", course(30, 2.7), finished, "tokens", "at 3000 tokens"},
		{"worse by a tenth", course(30, 2.2), finished, "steps", ""},
		{"better", course(30, 0.5), finished, "steps", ""},
		{"too early", course(19, 9), finished, "steps", ""},
		{"at its last step", course(100, 9), finished, "steps", ""},
		{"a step before it", course(99, 9), finished, "steps", "the median of 3"},
		{"two have finished", course(30, 9), finished[:2], "steps", ""},
		{"one of three has not come as far", course(30, 9), append(slices.Clone(finished[:2]), course(29, 1)), "steps", ""},
		{"it has told nothing", sweep.Course{Total: 100}, finished, "steps", ""},
	} {
		rules.At = c.at
		if got := rules.Verdict(c.run, c.finished); got != c.want && (c.want == "" || !strings.Contains(got, c.want)) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestARunWhoseLossIsNoNumberIsStopped(t *testing.T) {
	diverged := course(3, 1)
	diverged.Diverged = true
	if got := sweep.Usual().Verdict(diverged, nil); got != "its loss is no finite number" {
		t.Error(got)
	}
	if got := (sweep.Rules{}).Verdict(diverged, nil); got != "" {
		t.Error(got)
	}
}

func TestEveryOrderHasEveryCellOnce(t *testing.T) {
	cells := []sweep.Weight{{30, "b"}, {10, "a"}, {20, "b"}, {10, "b"}}
	for name, want := range map[string][]int{"listed": {0, 1, 2, 3}, "cheapest": {1, 3, 2, 0}, "dearest": {0, 2, 1, 3}, "datasets": {0, 2, 3, 1}} {
		if got := sweep.Ordered(name, cells); !slices.Equal(got, want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if len(sweep.Orders) != 4 {
		t.Error("an order is not tested")
	}
}
