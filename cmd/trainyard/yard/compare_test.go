package yard

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/result"
	"trainyard/launch/stats"
)

// compareYard has a ledger, and runs a1, a2, … of recipes of their own.
type compareYard struct {
	*Yard
	l *launch.Launcher
}

func newCompareYard(t *testing.T, runs ...string) *compareYard {
	t.Helper()
	y := &Yard{Home: t.TempDir()}
	t.Cleanup(func() {
		if err := y.Close(); err != nil {
			t.Error(err)
		}
	})
	l, err := y.Launcher()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range runs {
		ended(t, l.Ledger, id, launch.Job{Recipe: "of " + id, Trainer: "smoke", Backend: "local"})
	}
	return &compareYard{y, l}
}

func (y *compareYard) judge(t *testing.T, run string, r result.Result) {
	t.Helper()
	if r.Benchmark == "" {
		r.Benchmark = "ants"
	}
	r.Source = result.Source{File: "f", Format: "rows", SHA256: fmt.Sprintf("%s %+v", run, r)}
	if _, err := y.l.Ledger.ImportResult(t.Context(), launch.Import{Run: run, Result: r}); err != nil {
		t.Fatal(err)
	}
}

// word is a result in letters: r resolved, u unresolved, m missing.
func word(letters string) (r result.Result) {
	of := map[rune]result.Verdict{'r': result.Resolved, 'u': result.Unresolved, 'm': result.Missing}
	for i, letter := range letters {
		r.Instances = append(r.Instances, result.Instance{ID: fmt.Sprintf("ant-%02d", i), Verdict: of[letter]})
	}
	return r
}

func (y *compareYard) compare(t *testing.T, req CompareRequest) *RunComparison {
	t.Helper()
	c, err := y.Compare(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The rates of arXiv 2602.16819 on SWE-bench Verified, of 500, as reports without
// instances have them: which pairs of independent rates can be told apart.
func TestPublishedRatesAreComparedAsCounts(t *testing.T) {
	rates := []float64{0.206, 0.344, 0.402, 0.312, 0.324, 0.336} // SWE-Gym, R2E-Gym, SWE-smith, SWE-Play, Hybrid-Gym, + SWE-Play
	var ids []string
	for i := range rates {
		ids = append(ids, fmt.Sprintf("a%d", i))
	}
	y := newCompareYard(t, ids...)
	for i, rate := range rates {
		y.judge(t, ids[i], result.Result{Aggregates: []result.Aggregate{{Metric: "accuracy", Value: rate, N: 500}}})
	}
	for first, want := range map[int]string{0: "1 2 3 4 5", 1: "0", 2: "0 3 4 5", 4: "0 2"} {
		what := []string{ids[first]}
		for i := range ids {
			if i != first {
				what = append(what, ids[i])
			}
		}
		var apart []string
		for i, p := range y.compare(t, CompareRequest{What: what}).Evaluations[0].Pairs {
			if !p.Unpaired || p.Separable != (p.Difference.Separable() && *p.Test.Holm < 0.05) || p.Difference.Separable() != (p.Test.P < 0.05) {
				t.Errorf("%+v, %+v", p, p.Test)
			}
			if p.Difference.Separable() {
				apart = append(apart, strings.TrimPrefix(what[i+1], "a"))
			}
		}
		if got := strings.Join(apart, " "); got != want {
			t.Errorf("from %v these are told apart: %s, want %s", rates[first], got, want)
		}
	}
}

// Loop rates of the paper's 32B student before and after: 70.6 and 97.6 % without one.
func TestLoopsBeforeAndAfterTraining(t *testing.T) {
	looping := func(name string, loops int) stats.Run {
		r := stats.Run{Name: name, Scores: map[string]float64{}}
		for i := range 500 {
			r.Scores[fmt.Sprint(name, i)] = float64(one(i < loops))
		}
		return r
	}
	before, after := looping("before", 147), looping("after", 12)
	s, err := behaves(before, after, false, 0.95)
	if err != nil || s.Paired || math.Abs(s.Difference.Value+0.27) > 1e-12 || !s.Difference.Separable() || math.Abs(s.Mean.Value-0.024) > 1e-12 {
		t.Errorf("%+v, %v", s, err)
	}
	same := stats.Run{Name: "same", Scores: before.Scores}
	if s, err = behaves(before, same, false, 0.95); err != nil || !s.Paired || s.Difference.Value != 0 || s.Difference.Separable() {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestEveryTestOfAComparisonIsCorrectedForAll(t *testing.T) {
	y := newCompareYard(t, "a1", "a2", "a3")
	for i, id := range []string{"a1", "a2", "a3"} {
		y.judge(t, id, word(strings.Repeat("r", 2+4*i)+strings.Repeat("u", 18-4*i)))
		other := word(strings.Repeat("ru", 10))
		other.Benchmark = "bees"
		y.judge(t, id, other)
	}
	c := y.compare(t, CompareRequest{What: []string{"a1", "a2", "a3"}})
	if len(c.Evaluations) != 2 || len(c.Evaluations[0].Pairs) != 2 {
		t.Fatalf("%+v", c.Evaluations)
	}
	p := c.Evaluations[0].Pairs[1] // 8 won of 20: p is 2 in 2^8
	if math.Abs(p.Test.P-2./256) > 1e-12 || math.Abs(*p.Test.Holm-4*2./256) > 1e-12 || len(p.Better) != 8 || len(p.Worse) != 0 {
		t.Errorf("%+v, %v", p.Test, *p.Test.Holm)
	}
}

func TestTheLastCheckpointIsComparedAndSeedsOfAnEvaluationAreAveraged(t *testing.T) {
	y := newCompareYard(t, "a1", "a2")
	step := func(letters string, at, seed int64) result.Result {
		r := word(letters)
		r.Step, r.Seed = &at, &seed
		return r
	}
	y.judge(t, "a1", step("uuuu", 10, 0))
	y.judge(t, "a1", step("ruru", 20, 0))
	y.judge(t, "a1", step("rruu", 20, 1))
	y.judge(t, "a2", word("rrru"))
	c := y.compare(t, CompareRequest{What: []string{"a1", "a2"}})
	p := c.Evaluations[0].Pairs[0]
	if m := c.Evaluations[0].Sides[0].Mean.Value; m != 0.5 || len(p.Better) != 2 || p.Better[0] != (InstanceChange{"ant-01", 0.5, 1}) {
		t.Errorf("%v, %+v", m, p.Better)
	}
	if len(c.Unjudged) != 1 || !strings.Contains(c.Unjudged[0], "--step chooses: 10") {
		t.Errorf("%q", c.Unjudged)
	}
	ten := int64(10)
	if c = y.compare(t, CompareRequest{What: []string{"a1", "a2"}, Choosing: Choosing{Step: &ten}}); len(c.Evaluations) != 0 || !strings.Contains(c.Unjudged[0], "no result at step 10") {
		t.Errorf("%+v, %q", c.Evaluations, c.Unjudged)
	}
}

func TestMissingInstancesAreNotSolvedUnlessTheyAreLeftOut(t *testing.T) {
	y := newCompareYard(t, "a1", "a2")
	y.judge(t, "a1", word("rrmm"))
	y.judge(t, "a2", word("rruu"))
	c := y.compare(t, CompareRequest{What: []string{"a1", "a2"}})
	if s := c.Evaluations[0].Sides[0]; s.Mean.Value != 0.5 || s.Missing != 2 {
		t.Errorf("%+v", s)
	}
	c = y.compare(t, CompareRequest{What: []string{"a1", "a2"}, Choosing: Choosing{LeaveMissing: true}})
	if e := c.Evaluations[0]; e.Sides[0].Mean.Value != 1 || e.Pairs[0].Difference.N != 2 || len(e.Warnings) != 1 || e.Warnings[0].Doubt != stats.OtherInstances {
		t.Errorf("%+v", e)
	}
}

func TestOfALossTheLowerOneIsTheBetter(t *testing.T) {
	y := newCompareYard(t, "a1", "a2", "a3", "a4")
	for id, shift := range map[string]float64{"a1": 1, "a2": 0.5, "a3": 1.5} {
		r := result.Result{Metric: "held-out loss"}
		for i := range 12 {
			loss := shift + 0.01*float64(i*i%7)
			r.Instances = append(r.Instances, result.Instance{ID: fmt.Sprint(i), Score: &loss})
		}
		y.judge(t, id, r)
	}
	y.judge(t, "a4", result.Result{Aggregates: []result.Aggregate{{Metric: "loss", Value: 1.2, N: 12}}})
	e := y.compare(t, CompareRequest{What: []string{"a1", "a2", "a3", "a4"}}).Evaluations[0] // the last has no instances
	if !e.Lower || e.Share || len(e.Pairs[0].Better) != 12 || len(e.Pairs[1].Worse) != 12 {
		t.Errorf("%+v", e)
	}
}

func TestWhatCannotBeComparedIsOneSentence(t *testing.T) {
	y := newCompareYard(t, "a1", "a2")
	for _, c := range []struct {
		what []string
		want string
	}{
		{[]string{"a1"}, "a comparison needs two sides"}, {[]string{"a1", "a9"}, `run "a9": no such run`},
		{[]string{"a1", "a2,a2"}, "is named twice"}, {[]string{"a1", "sweep.yaml"}, "neither a run, nor a sweep"},
		{[]string{"a1", "hybrid-gym-scaling"}, "no cell of the sweep hybrid-gym-scaling has a run yet"},
	} {
		if _, err := y.Compare(t.Context(), CompareRequest{What: c.what}); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", c.what, err)
		}
	}
	if _, err := y.Compare(t.Context(), CompareRequest{What: []string{"a1", "a2"}, By: "hours"}); err == nil {
		t.Error("curves by hours")
	}
	other := word("rr")
	for i := range other.Instances {
		other.Instances[i].ID = fmt.Sprint("bee-", i)
	}
	y.judge(t, "a1", word("ru"))
	// A report with other instances is refused when it is imported, unless it is the first.
	if _, err := y.l.Ledger.ImportResult(t.Context(), launch.Import{Run: "a2", Result: result.Result{Benchmark: "ants", Instances: other.Instances, Source: result.Source{SHA256: "o"}}}); !errors.Is(err, launch.ErrOtherInstances) {
		t.Error(err)
	}
}

// Two attempts: the second goes on from step 4, counts its tokens anew, and costs more.
func TestAttemptsAreDrawnOneBehindTheOther(t *testing.T) {
	resumed, cheap, dear := int64(4), 1.8, 3.6
	attempts := []launch.Attempt{
		{N: 1, Facts: launch.Facts{Price: &cheap}},
		{N: 2, Facts: launch.Facts{Price: &dear, ResumedStep: &resumed}},
	}
	told := func(values map[int][]float64, first map[int]int64) (points []launch.Point) {
		for _, n := range []int{1, 2} {
			for i, v := range values[n] {
				points = append(points, launch.Point{Attempt: n, Step: first[n] + int64(2*i), Value: launch.Figure(v)})
			}
		}
		return points
	}
	at := func(p *paces, attempt int, step int64) float64 {
		v, known := p.place(launch.Point{Attempt: attempt, Step: step})
		if !known {
			return -1
		}
		return v
	}
	anew := pacesOf(told(map[int][]float64{1: {200, 400, 600}, 2: {200, 400}}, map[int]int64{1: 2, 2: 6}), attempts)
	if anew.countOn(attempts); at(anew, 1, 2) != 200 || at(anew, 2, 6) != 600 || at(anew, 2, 8) != 800 || at(anew, 1, 1) != 100 || at(anew, 2, 4) != -1 {
		t.Errorf("%v %v", at(anew, 2, 6), at(anew, 2, 8))
	}
	on := pacesOf(told(map[int][]float64{1: {200, 400, 600}, 2: {600, 800}}, map[int]int64{1: 2, 2: 6}), attempts)
	if on.countOn(attempts); at(on, 2, 6) != 600 || at(on, 2, 8) != 800 {
		t.Errorf("%v %v", at(on, 2, 6), at(on, 2, 8))
	}
	clock := pacesOf(told(map[int][]float64{1: {1000, 2000}, 2: {1000}}, map[int]int64{1: 2, 2: 6}), attempts)
	clock.add(attempts, func(a launch.Attempt) (float64, bool) { return *a.Price / 3600, true })
	if got := at(clock, 2, 6); math.Abs(got-(1.0+1.0)) > 1e-12 { // 2000 s at 1.80, then 1000 s at 3.60
		t.Errorf("%v dollars", got)
	}
}

func TestATrainerWithoutAClockIsAsFastAtEveryStep(t *testing.T) {
	began, resumed := time.Unix(1e9, 0), int64(10)
	attempts := []launch.Attempt{
		{N: 1, State: launch.Preempted, Step: 12, StartedAt: began, EndedAt: began.Add(2 * time.Hour)},
		{N: 2, State: launch.Succeeded, Step: 20, StartedAt: began, EndedAt: began.Add(time.Hour), Facts: launch.Facts{ResumedStep: &resumed}},
	}
	p := pacesOf(spread(attempts, began), attempts)
	p.add(attempts, func(launch.Attempt) (float64, bool) { return 1. / 3600, true })
	for _, c := range []struct {
		attempt int
		step    int64
		want    float64
	}{{1, 6, 1}, {1, 12, 2}, {2, 15, 2.5}, {2, 20, 3}} {
		if got, known := p.place(launch.Point{Attempt: c.attempt, Step: c.step}); !known || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("attempt %d at step %d stands at %v hours, want %v", c.attempt, c.step, got, c.want)
		}
	}
}

func TestCurvesAreReadAtTheSamePlaces(t *testing.T) {
	c := &CurveComparison{Sides: make([]SideCurve, 2), Common: math.Inf(1)}
	c.fill([][]curve{{{[]float64{0, 10}, []float64{4, 2}}, {[]float64{0, 20}, []float64{6, 2}}}, {{[]float64{0, 95}, []float64{1, 1}}}})
	if c.At[len(c.At)-1] != 95 || *c.Sides[0].Last != 2 || *c.Sides[0].Values[0] != 5 || c.Sides[0].Values[50] != nil || c.Common != 10 || *c.Sides[0].Common != 3 {
		t.Errorf("%+v", c)
	}
}

func TestKeysDifferThatNotAllSidesSayAlike(t *testing.T) {
	y := newCompareYard(t)
	for i, id := range []string{"a1", "a2", "a3", "a4"} {
		ended(t, y.l.Ledger, id, launch.Job{Recipe: "r", Trainer: "smoke", Backend: "local", LR: 1e-5 * float64(1+i/2), Seed: int64(i % 2)})
	}
	c := y.compare(t, CompareRequest{What: []string{"low=a1,a2", "high=a3,a4"}})
	if len(c.Config) != 1 || c.Config[0].Key != "train.lr" || !slices.Equal(c.Config[0].Values, []string{"1e-05", "2e-05"}) {
		t.Errorf("%+v", c.Config)
	}
	if c.Sides[0].Name != "low" || len(c.Sides[1].Runs) != 2 || c.NoCurves == "" || c.Data[0].Unknown == "" {
		t.Errorf("%+v", c)
	}
}

// A cell that was edited is another one, and keeps no result of what it was.
func TestATableHasTheRunsOfTheContentThatCellsHaveNow(t *testing.T) {
	y := newCompareYard(t)
	file, ids := judgedSweep(t, y.Yard, "  arms: [{name: few, set: {mix.fraction: 0.5}}, {name: all}]\n  seeds: [1, 2]\n", 40)
	table := func(req TableRequest) *SweepTable {
		t.Helper()
		req.Sweep = file
		got, err := y.Table(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := table(TableRequest{By: []string{"arm"}})
	if len(got.Rows) != 2 || !slices.Equal(got.Rows[0].Runs, ids[:2]) || got.Rows[1].Scores[0].Seeds != 2 || got.Evaluations[0].Best == nil || got.Evaluations[0].Noise == nil {
		t.Errorf("%+v", got)
	}
	write(t, file, "name: s\nextends: demo\nsweep:\n  arms: [{name: few, set: {mix.fraction: 0.25}}, {name: all}]\n  seeds: [1, 2]\n")
	got = table(TableRequest{})
	if len(got.Rows[0].Runs) != 0 || got.Rows[0].Scores[0].Mean != nil || !slices.Equal(got.Rows[2].Runs, ids[2:3]) {
		t.Errorf("%+v", got.Rows)
	}
	if remembered, err := y.Table(t.Context(), TableRequest{Sweep: "s", By: []string{"group"}}); err != nil || len(remembered.Rows) != 2 || remembered.Rows[0].Name != "few" {
		t.Errorf("%+v, %v", remembered, err)
	}
}

func TestTheBestOfManyNeedsMoreThanTheBestOfTwo(t *testing.T) {
	y := newCompareYard(t)
	file, ids := judgedSweep(t, y.Yard, "  matrix: [{key: train.lr, values: [1e-5, 2e-5, 3e-5, 4e-5]}]\n", 0)
	for i, id := range ids { // 9 more are solved by the last than by the one before
		y.judge(t, id, word(strings.Repeat("r", []int{2, 3, 4, 13}[i])+strings.Repeat("u", []int{18, 17, 16, 7}[i])))
	}
	table, err := y.Table(t.Context(), TableRequest{Sweep: file, Sort: "ants"})
	if err != nil {
		t.Fatal(err)
	}
	b := table.Evaluations[0].Best
	if b.Name != "lr=4e-5" || b.Next != "lr=3e-5" || b.Among != 4 || math.Abs(b.P-3*2./512) > 1e-12 || !b.Separable || table.Rows[0].Name != b.Name || !table.Rows[0].Scores[0].Best || table.Rows[1].Scores[0].Best {
		t.Errorf("%+v, %+v", b, table.Rows[0])
	}
	if table, err = y.Table(t.Context(), TableRequest{Sweep: file, By: []string{"lr"}, Sort: "dollars"}); err != nil || len(table.Rows) != 4 {
		t.Errorf("%+v, %v", table, err)
	}
	if _, err = y.Table(t.Context(), TableRequest{Sweep: file, Sort: "rank"}); err == nil {
		t.Error("sorted by rank")
	}
}

func TestTrainedTokensCountThePartThatIsDone(t *testing.T) {
	run := launch.Run{Job: launch.Job{Epochs: 2, Batch: 4}}
	run.Job.Dataset.Train = launch.Split{Rows: 100, TrainedTokens: 1000}
	if got := trainedBy(run); got != nil {
		t.Errorf("%d before any step", *got)
	}
	run.Step, run.TotalSteps = 25, 50
	if got := trainedBy(run); *got != 1000 {
		t.Errorf("%d half way", *got)
	}
	run.Job.MaxSteps, run.TotalSteps = 25, 25
	if got := trainedBy(run); *got != 1000 {
		t.Errorf("%d at the most steps", *got)
	}
}

func TestAnEvaluationsMoneyIsThatOfItsRun(t *testing.T) {
	y := newCompareYard(t)
	paid := func(id string, job launch.Job, dollars float64) {
		t.Helper()
		ended(t, y.l.Ledger, id, job)
		if err := y.l.Ledger.Learn(t.Context(), id, 1, launch.Facts{Cost: &dollars}); err != nil {
			t.Fatal(err)
		}
	}
	e := launch.Evaluation{Name: "verified"}
	paid("a1", launch.Job{Recipe: "r", Backend: "local", Evals: []launch.Evaluation{e}}, 200)
	paid("a2", launch.Job{Recipe: "r", Backend: "local", Evaluates: &launch.Evaluated{Run: "a1", Attempt: 1, Evaluation: e}}, 12.5)
	paid("a3", launch.Job{Recipe: "r", Backend: "local"}, 100)
	c := y.compare(t, CompareRequest{What: []string{"a1", "a3"}})
	if *c.Sides[0].Dollars != 212.5 || *c.Sides[1].Dollars != 100 {
		t.Errorf("%v and %v", *c.Sides[0].Dollars, *c.Sides[1].Dollars)
	}
}

// The paper's figures stand beside the arms of its sweeps, and below those of no arm.
func TestBuiltInSweepsHaveThePublishedFiguresBeside(t *testing.T) {
	y := newCompareYard(t)
	table, err := y.Table(t.Context(), TableRequest{Sweep: "hybrid-gym-main", By: []string{"arm"}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range table.Rows {
		for i := range table.Evaluations {
			got[r.Name] += fmt.Sprintf(" %.2f", 100**r.Scores[i].Published)
		}
	}
	for _, p := range table.Published {
		for _, v := range p.Figures {
			got[p.Name] += fmt.Sprintf(" %.2f", 100**v)
		}
	}
	for name, want := range map[string]string{"7b": " 15.00 2.54 10.54", "32b": " 32.40 16.86 13.45", "7B base": " 1.80 0.23 4.80", "32B SWE-smith": " 40.20 10.62 12.38"} {
		if got[name] != want {
			t.Errorf("%s has%s, want%s", name, got[name], want)
		}
	}
}

// Results at the ends: all solved, none, one instance, scores that are all alike.
func TestEveryComparisonAndTableIsJSON(t *testing.T) {
	flat := func(score float64, n int) (r result.Result) {
		for i := range n {
			r.Instances = append(r.Instances, result.Instance{ID: fmt.Sprint("i", i), Score: &score})
		}
		r.Metric = "reward"
		return r
	}
	for name, sides := range map[string][4]result.Result{
		"all and none": {word("rrrr"), word("uuuu"), word("rrrr"), word("uuuu")}, "alike": {word("rrrr"), word("rrrr"), word("rrrr"), word("rrrr")},
		"one": {word("r"), word("u"), word("r"), word("r")}, "scores": {flat(0.5, 4), flat(0.25, 4), flat(0.5, 4), flat(0.5, 4)}, "one score": {flat(3, 1), flat(2, 1), flat(1, 1), flat(1, 1)},
	} {
		y := newCompareYard(t)
		file, ids := judgedSweep(t, y.Yard, "  arms: [{name: few, set: {mix.fraction: 0.5}}, {name: all}]\n  seeds: [1, 2]\n", 0)
		for i, r := range sides {
			y.judge(t, ids[i], r)
		}
		for _, what := range [][]string{{file}, ids, {ids[0] + "," + ids[1], ids[2]}} {
			if _, err := json.Marshal(y.compare(t, CompareRequest{What: what})); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, by := range [][]string{nil, {"arm"}, {"seed"}} {
			table, err := y.Table(t.Context(), TableRequest{Sweep: file, By: by})
			if _, errJSON := json.Marshal(table); err != nil || errJSON != nil {
				t.Errorf("%s by %q: %v, %v", name, by, err, errJSON)
			}
		}
	}
}
