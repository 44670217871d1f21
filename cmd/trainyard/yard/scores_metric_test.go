package yard

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"trainyard/launch/result"
)

// scoring are instances that have scores and no verdicts.
func scoring(metric string, scores ...float64) (r result.Result) {
	r.Metric = metric
	for i := range scores {
		r.Instances = append(r.Instances, result.Instance{ID: fmt.Sprintf("ant-%02d", i), Score: &scores[i]})
	}
	return r
}

func telling(figures ...result.Aggregate) result.Result { return result.Result{Aggregates: figures} }

func TestScoresOfDifferentMetricsAreNotCompared(t *testing.T) {
	y := newCompareYard(t, "a1", "a2", "a3", "a4")
	y.judge(t, "a1", scoring("loss", 2.5, 1.5, 3))
	y.judge(t, "a2", scoring("reward", 0.5, 0.25, 1))
	y.judge(t, "a3", word("ruu"))
	y.judge(t, "a4", scoring("loss", 2, 1, 3))
	c := y.compare(t, CompareRequest{What: []string{"a1", "a2", "a3"}})
	if want := []string{"on ants of a1 was judged by loss and of a2 by reward, which are not compared", "on ants of a1 was judged by loss and of a3 by verdicts, which are not compared"}; len(c.Evaluations) != 0 || !slices.Equal(c.Unjudged, want) {
		t.Errorf("%+v, %q", c.Evaluations, c.Unjudged)
	}
	c = y.compare(t, CompareRequest{What: []string{"a1", "a4", "a2"}})
	if len(c.Evaluations) != 1 || len(c.Evaluations[0].Pairs) != 1 || c.Evaluations[0].String() != "ants loss" || !c.Evaluations[0].Lower || len(c.Unjudged) != 1 {
		t.Errorf("%+v, %q", c.Evaluations, c.Unjudged)
	}
}

// A file of 0 and 1 alone has verdicts; another one of that metric shows that it is none.
func TestScoresThatHappenToBeVerdictsAreComparedAsScores(t *testing.T) {
	y := newCompareYard(t, "a1", "a2")
	y.judge(t, "a1", scoring("f1", 0.5, 0.25, 1))
	binary := scoring("f1", 1, 0, 1)
	for i, v := range []result.Verdict{result.Resolved, result.Unresolved, result.Resolved} {
		binary.Instances[i].Verdict = v
	}
	y.judge(t, "a2", binary)
	if c := y.compare(t, CompareRequest{What: []string{"a1", "a2"}}); len(c.Evaluations) != 1 || c.Evaluations[0].Metric != "f1" || len(c.Evaluations[0].Pairs) != 1 {
		t.Errorf("%+v, %q", c.Evaluations, c.Unjudged)
	}
}

func TestEveryMetricHasAColumnAndFiguresAloneAreShown(t *testing.T) {
	y := newCompareYard(t)
	file, ids := judgedSweep(t, y.Yard, "  matrix: [{key: train.lr, values: [1e-5, 2e-5, 3e-5, 4e-5]}]\n", 0)
	y.judge(t, ids[0], telling(result.Aggregate{Metric: "loss_stderr", Value: 0.1}, result.Aggregate{Metric: "loss", Value: 2.25}))
	y.judge(t, ids[1], telling(result.Aggregate{Metric: "f1", Value: 0.5}, result.Aggregate{Metric: "acc", Value: 0.75, N: 4}))
	y.judge(t, ids[2], word("ruuu"))
	y.judge(t, ids[3], scoring("reward", 3.5, -1))
	table, err := y.Table(t.Context(), TableRequest{Sweep: file, Sort: "ants loss"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, e := range table.Evaluations {
		for _, r := range table.Rows {
			switch s := r.Scores[i]; {
			case s.Mean != nil:
				got = append(got, fmt.Sprint(e.Title, " ", r.Name, " mean ", s.Mean.Value, e.Share, e.Lower))
			case s.Figure != nil:
				got = append(got, fmt.Sprint(e.Title, " ", r.Name, " figure ", *s.Figure, e.Share, e.Lower))
			}
		}
	}
	want := []string{"ants lr=2e-5 figure 0.75 true false", "ants lr=3e-5 mean 0.25 true false", "ants loss lr=1e-5 figure 2.25 false true", "ants reward lr=4e-5 mean 1.25 false false"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	table, err = y.Table(t.Context(), TableRequest{Sweep: file, Choosing: Choosing{Metric: "f1"}})
	if err != nil || len(table.Evaluations) != 1 || table.Rows[1].Scores[0].Figure == nil || *table.Rows[1].Scores[0].Figure != 0.5 {
		t.Errorf("%+v, %v", table, err)
	}
}

func TestABenchmarkIsTheOneOfThatNameBeforeThoseThatBeginWithIt(t *testing.T) {
	y := newCompareYard(t)
	file, ids := judgedSweep(t, y.Yard, "  matrix: [{key: train.lr, values: [1e-5, 2e-5]}]\n", 0)
	for i, id := range ids {
		for k, name := range []string{"holm", "holm2", "holmes"} {
			r := word([]string{"ru", "rr", "uu"}[(i+k)%3])
			r.Benchmark = name
			y.judge(t, id, r)
		}
	}
	for asked, want := range map[string]int{"holm": 1, "Holm-2": 1, "hol": 3} {
		if c := y.compare(t, CompareRequest{What: ids, Choosing: Choosing{Benchmark: asked}}); len(c.Evaluations) != want {
			t.Errorf("%s: %+v", asked, c.Evaluations)
		}
	}
	for asked, first := range map[string]string{"holm": "lr=2e-5", "holm2": "lr=1e-5"} {
		table, err := y.Table(t.Context(), TableRequest{Sweep: file, Sort: asked})
		if err != nil || table.Rows[0].Name != first {
			t.Errorf("by %s: %+v, %v", asked, table, err)
		}
	}
	for _, asked := range []string{"hol", "hollow"} {
		if _, err := y.Table(t.Context(), TableRequest{Sweep: file, Sort: asked}); err == nil || !strings.Contains(err.Error(), "there are cell, dollars, hours, steps, tokens, train.lr, holm, holm2, holmes") {
			t.Errorf("by %s: %v", asked, err)
		}
	}
}

func TestARunStandsOnOneSide(t *testing.T) {
	y := newCompareYard(t, "a1", "a2", "a3")
	for _, what := range [][]string{{"a1", "a1"}, {"a=a1", "b=a1,a3"}, {"a1,a2", "a3", "a2"}} {
		if _, err := y.Compare(t.Context(), CompareRequest{What: what}); !errors.Is(err, errTwice) {
			t.Errorf("%q: %v", what, err)
		}
	}
}

func TestNoRequestIsTakenThatMeansNothing(t *testing.T) {
	y := newCompareYard(t, "a1", "a2")
	ago := int64(-4)
	for _, req := range []CompareRequest{{Choosing: Choosing{Step: &ago}}, {Tolerance: math.NaN()}, {Tolerance: -0.1}, {Tolerance: 1}} {
		req.What = []string{"a1", "a2"}
		if _, err := y.Compare(t.Context(), req); err == nil {
			t.Errorf("%+v", req)
		}
	}
	file, _ := judgedSweep(t, y.Yard, "  arms: [{name: few, set: {mix.fraction: 0.5}}, {name: all}]\n  matrix: [{key: train.lr, values: [1e-5, 2e-5]}]\n", 0)
	for _, by := range [][]string{{"arm", "arm"}, {"group", "arm"}, {"lr", "train.lr"}, {"arm", "group"}} {
		if _, err := y.Table(t.Context(), TableRequest{Sweep: file, By: by}); err == nil || !strings.Contains(err.Error(), "has a column already") {
			t.Errorf("by %q: %v", by, err)
		}
	}
	if _, err := y.Table(t.Context(), TableRequest{Sweep: file, Choosing: Choosing{Step: &ago}}); err == nil {
		t.Error("a table at a step below 0")
	}
}

func TestANameOfASideBreaksNoLine(t *testing.T) {
	y := newCompareYard(t, "a1", "a2")
	c := y.compare(t, CompareRequest{What: []string{"a\nb=a1", "c\td=a2"}})
	if c.Sides[0].Name != `a\nb` || c.Sides[1].Name != `c\td` {
		t.Errorf("%q and %q", c.Sides[0].Name, c.Sides[1].Name)
	}
}

// Each of five sides solves six that the first does not: p is 2 in 2^6, and 5 times that
// by Holm.
func TestSidesAreSeparableAmongAllThatAreCompared(t *testing.T) {
	ids := []string{"a1", "a2", "a3", "a4", "a5", "a6"}
	y := newCompareYard(t, ids...)
	for i, id := range ids {
		solved := 6 * one(i > 0)
		y.judge(t, id, word(strings.Repeat("r", solved)+strings.Repeat("u", 40-solved)))
	}
	for n, want := range map[int]bool{2: true, 6: false} {
		for _, p := range y.compare(t, CompareRequest{What: ids[:n]}).Evaluations[0].Pairs {
			if p.Separable != want || !p.Difference.Separable() || math.Abs(p.Test.P-2./64) > 1e-12 {
				t.Errorf("of %d: %+v, %+v", n, p, p.Test)
			}
		}
	}
}
