package sweep_test

import (
	"math"
	"strings"
	"testing"

	"trainyard/launch/sweep"
)

func scored(variant, cell string, state sweep.State, score float64) sweep.Contestant {
	return sweep.Contestant{Variant: variant, Cell: cell, State: state, Score: &score, Course: course(100, 1)}
}

func winners(c sweep.Choice) string {
	var all []string
	for _, s := range c.Scores {
		if s.Wins {
			all = append(all, s.Variant)
		}
	}
	return strings.Join(all, " ")
}

func TestTheBestVariantsGoOn(t *testing.T) {
	all := []sweep.Contestant{
		scored("a", "a1", sweep.Succeeded, 0.2), scored("b", "b1", sweep.Succeeded, 0.5), scored("c", "c1", sweep.Succeeded, 0.3),
		scored("a", "a2", sweep.Succeeded, 0.6), scored("b", "b2", sweep.Succeeded, 0.5), scored("c", "c2", sweep.Succeeded, 0.3),
		scored("d", "d1", sweep.Stopped, 0.9),
	}
	bound := 0.35
	for _, c := range []struct {
		stage sweep.Stage
		want  string
	}{
		{sweep.Stage{By: "eval:e", Highest: true, Top: 1}, "b"}, {sweep.Stage{By: "eval:e", Highest: true, Top: 2}, "b a"},
		{sweep.Stage{By: "eval:e", Top: 1}, "c"}, // the least
		{sweep.Stage{By: "eval:e", Highest: true, Better: &bound}, "b a"}, {sweep.Stage{By: "eval:e", Better: &bound}, "c"},
		{sweep.Stage{By: "eval:e", Highest: true, Top: 1, Better: &bound}, "b"}, {sweep.Stage{By: "eval:e", Highest: true, Top: 9}, "b a c"},
	} {
		got := c.stage.Choose(all)
		if winners(got) != c.want || got.Undecided != "" || got.Wins("d") || len(got.Scores) != 3 {
			t.Errorf("%+v: %s, %+v", c.stage, winners(got), got)
		}
	}
}

func TestOfEqualVariantsTheFirstOfTheFileGoesOn(t *testing.T) {
	all := []sweep.Contestant{scored("z", "z", sweep.Succeeded, 0.5), scored("a", "a", sweep.Succeeded, 0.5)}
	if got := (sweep.Stage{By: "eval:e", Highest: true, Top: 1}).Choose(all); winners(got) != "z" {
		t.Errorf("%+v", got)
	}
}

// What may still change leaves the choice open.
func TestAChoiceIsOpenUntilEveryCellHasItsFigure(t *testing.T) {
	for state, want := range map[sweep.State]string{sweep.Missing: "b has not run", sweep.Prepared: "b has not run", sweep.Running: "b goes on", sweep.Failed: "b has failed", sweep.Cancelled: "b was cancelled", sweep.Lost: "b is lost", sweep.Waits: "b waits for its stage"} {
		got := (sweep.Stage{By: "eval:e", Top: 1}).Choose([]sweep.Contestant{scored("a", "a", sweep.Succeeded, 1), scored("b", "b", state, 1)})
		if got.Undecided != want || got.Wins("a") {
			t.Errorf("%s: %+v", state, got)
		}
	}
	unknown := scored("b", "b", sweep.Succeeded, 1)
	unknown.Score = nil
	if got := (sweep.Stage{By: "eval:e", Top: 1}).Choose([]sweep.Contestant{unknown}); got.Undecided != "b has no eval:e" {
		t.Errorf("%+v", got)
	}
}

// falling loses a hundredth a step, from a beginning.
func falling(steps int64, from float64) (c sweep.Course) {
	for s := int64(1); s <= steps; s++ {
		c.Points = append(c.Points, sweep.Point{Step: s, Tokens: 100 * s, Loss: from - float64(s)/100, EvalLoss: math.NaN()})
	}
	c.Total = steps
	return c
}

// One that has trained for longer has no advantage: losses are those at equal tokens.
func TestLossesAreComparedAtEqualTokens(t *testing.T) {
	long := sweep.Contestant{Variant: "long", Cell: "long", State: sweep.Succeeded, Course: falling(200, 3.5)}
	short := sweep.Contestant{Variant: "short", Cell: "short", State: sweep.Succeeded, Course: falling(100, 3)}
	got := (sweep.Stage{By: "loss", Top: 1}).Choose([]sweep.Contestant{long, short})
	if winners(got) != "short" || math.Abs(got.Scores[0].Value-2.02) > 1e-9 || math.Abs(got.Scores[1].Value-2.52) > 1e-9 {
		t.Errorf("%+v", got)
	}
	for i := range long.Course.Points {
		long.Course.Points[i].Tokens = 0
	}
	got = (sweep.Stage{By: "loss", Top: 1}).Choose([]sweep.Contestant{long, short})
	if winners(got) != "long" || len(got.Notes) != 1 {
		t.Errorf("%+v", got)
	}
	if got := (sweep.Stage{By: "eval_loss", Top: 1}).Choose([]sweep.Contestant{short}); got.Undecided != "short has no eval_loss" {
		t.Errorf("%+v", got)
	}
}

func TestEvaluationsOfModelsThatTrainedOnOtherAmountsAreDoubtful(t *testing.T) {
	long := scored("long", "long", sweep.Succeeded, 1)
	long.Course = falling(200, 3)
	got := (sweep.Stage{By: "eval:e", Highest: true, Top: 1}).Choose([]sweep.Contestant{long, scored("short", "short", sweep.Succeeded, 0.5)})
	if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "10000 to 20000 tokens") {
		t.Errorf("%+v", got)
	}
}
