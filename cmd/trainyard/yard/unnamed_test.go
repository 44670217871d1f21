package yard

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"trainyard/launch/result"
	"trainyard/launch/stats"
)

// asked is a result that names fewer instances than were to be judged.
func asked(letters string, n int64) result.Result {
	r := word(letters)
	r.Asked = n
	return r
}

// A report names 12 of 500: the rate is over 500, and the pairs are over the 12.
func TestTheRateIsOverWhatWasToBeJudged(t *testing.T) {
	y := newCompareYard(t, "a1", "b1")
	y.judge(t, "a1", asked("rruuuuuuuuuu", 500))
	y.judge(t, "b1", asked("rrrrrrrrrruu", 500))
	c := y.compare(t, CompareRequest{What: []string{"a1", "b1"}})
	e := c.Evaluations[0]
	for i, solved := range []float64{2, 10} {
		if m := e.Sides[i].Mean; m.N != 500 || math.Abs(m.Value-solved/500) > 1e-12 || e.Sides[i].Unnamed != 488 {
			t.Errorf("%+v %+v", e.Sides[i], m)
		}
	}
	if p := e.Pairs[0]; p.Difference.N != 12 || p.Unpaired || len(p.Better) != 8 || math.Abs(p.Difference.Value-8./12) > 1e-12 {
		t.Errorf("%+v", p)
	}
	if len(e.Warnings) != 2 || e.Warnings[0].Doubt != stats.UnnamedInstances || !strings.Contains(e.Warnings[0].Words, "name 12 of 500 instances that were to be judged: its mean is over all of them, and pairs are over those that both sides name") {
		t.Errorf("%+v", e.Warnings)
	}
	left := y.compare(t, CompareRequest{What: []string{"a1", "b1"}, Choosing: Choosing{LeaveMissing: true}}).Evaluations[0]
	if m := left.Sides[0].Mean; m.N != 12 || left.Sides[0].Unnamed != 0 {
		t.Errorf("what was not judged is left out: %+v", m)
	}
}

// What names the solved alone would always win its pairs: the counts are compared.
func TestAReportThatNamesTheSolvedAloneIsComparedByItsCount(t *testing.T) {
	y := newCompareYard(t, "a1", "b1")
	y.judge(t, "a1", asked("rrrr", 20))
	y.judge(t, "b1", asked(strings.Repeat("r", 10)+strings.Repeat("u", 10), 20))
	e := y.compare(t, CompareRequest{What: []string{"a1", "b1"}}).Evaluations[0]
	p := e.Pairs[0]
	want, err := stats.RateTest(4, 20, 10, 20, 0.95)
	if err != nil || !p.Unpaired || p.Difference != want.Within(-1, 1) || p.Test.P != want.P || len(p.Better)+len(p.Worse) > 0 {
		t.Errorf("%+v, want %+v, %v", p, want, err)
	}
	if len(e.Warnings) != 1 || !strings.Contains(e.Warnings[0].Words, "no instance of it is paired") {
		t.Errorf("%+v", e.Warnings)
	}
}

// Two evaluations of one run: what one of them does not name is not solved there.
func TestSeedsOfAnEvaluationCountWhatOneDoesNotName(t *testing.T) {
	y := newCompareYard(t, "a1", "b1")
	for seed, letters := range []string{"ru", "rrrr"} {
		r := asked(letters, 4)
		n := int64(seed)
		r.Seed = &n
		y.judge(t, "a1", r)
	}
	y.judge(t, "b1", word("uuuu"))
	m := y.compare(t, CompareRequest{What: []string{"a1", "b1"}}).Evaluations[0].Sides[0].Mean
	if m.N != 4 || math.Abs(m.Value-(1+0.5+0.5+0.5)/4) > 1e-12 {
		t.Errorf("%+v", m)
	}
}

// An instance that is not named is none with the best loss.
func TestNoLossIsZeroBecauseItIsNotKnown(t *testing.T) {
	y := newCompareYard(t, "a1", "b1")
	for i, run := range []string{"a1", "b1"} {
		r := result.Result{Metric: "loss", Asked: 9}
		for k := range 3 {
			score := float64(2 + i + k)
			r.Instances = append(r.Instances, result.Instance{ID: fmt.Sprint("ant-", k), Score: &score})
		}
		y.judge(t, run, r)
	}
	e := y.compare(t, CompareRequest{What: []string{"a1", "b1"}, Choosing: Choosing{Metric: "loss"}}).Evaluations[0]
	if m := e.Sides[0].Mean; m.N != 3 || m.Value != 3 || !e.Lower || e.Share {
		t.Errorf("%+v", e.Sides[0])
	}
}
