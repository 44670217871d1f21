package yard

import (
	"strings"
	"testing"

	"trainyard/launch"
	"trainyard/launch/result"
	"trainyard/launch/sweep"
)

func TestAStageSaysWhichFiguresThereAreInsteadOfItsOwn(t *testing.T) {
	of := func(benchmark string, r result.Result) launch.StoredResult {
		r.Benchmark = benchmark
		return launch.StoredResult{Result: r, Counts: r.Counts()}
	}
	acc := of("ants", telling(result.Aggregate{Metric: "acc", Value: 0.5}, result.Aggregate{Metric: "loss", Value: 1.25}))
	scores := of("ants", scoring("reward", 0.5, 1))
	verdicts := of("ants", word("ruuu"))
	for _, c := range []struct {
		results []launch.StoredResult
		metric  string
		value   float64
		lacks   string
	}{
		{[]launch.StoredResult{acc}, "acc", 0.5, ""},
		{[]launch.StoredResult{verdicts}, "", 0.25, ""},
		{[]launch.StoredResult{acc}, "", 0, "has no share of resolved instances by eval:ev, but acc 0.5, loss 1.25: write one of these as metric: of the stage"},
		{[]launch.StoredResult{acc}, "exact", 0, "has no figure exact by eval:ev, but acc 0.5, loss 1.25: write one of these as metric: of the stage"},
		{[]launch.StoredResult{verdicts}, "acc", 0, "has no figure acc by eval:ev, but a share of resolved instances: leave metric: out of the stage"},
		{[]launch.StoredResult{acc, of("bees", acc.Result)}, "acc", 0, "has 2 figures acc by eval:ev and not one: 0.5 of ants, 0.5 of bees"},
		{[]launch.StoredResult{scores}, "", 0, "has no share of resolved instances by eval:ev, nor any other figure"},
		{nil, "acc", 0, "has no result of eval:ev"},
	} {
		stage := sweep.Stage{Name: "large", Top: 1, By: "eval:ev", Metric: c.metric}
		got, lacks := figureOf(c.results, stage)
		if lacks != c.lacks || (got == nil) != (c.lacks != "") || got != nil && *got != c.value {
			t.Errorf("%q: %v, %q", c.metric, got, lacks)
		}
		one := sweep.Contestant{Cell: "small/x,seed=1", Variant: "x", State: sweep.Succeeded, Score: got, Lacks: lacks}
		if choice := stage.Choose([]sweep.Contestant{one}); got == nil && !strings.HasPrefix(choice.Undecided, "small/x,seed=1 has ") || got != nil && choice.Undecided != "" {
			t.Errorf("%+v", choice)
		}
	}
}
