package launch_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/local"
	"trainyard/launch/result"
)

const eels = "id,verdict\neel-1,passed\neel-2,failed\n"

// evaluation runs this binary as one that leaves a report.
func evaluation(mark, name, content string) launch.Evaluation {
	return launch.Evaluation{Name: "eels", Benchmark: "eels", Command: []string{"{self}", "evaluate", mark, "{output}", "{checkpoint}", name, strings.NewReplacer("{", "{{", "}", "}}").Replace(content)}}
}

// trained is a run that has succeeded, whose evaluations were not looked at yet.
func (p place) trained(t *testing.T, role string, evals ...launch.Evaluation) launch.Run {
	t.Helper()
	job := job(p.dataset, role, p.mark+"-training", "{output}")
	job.Evals = evals
	run, err := p.Start(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if run = p.end(t, run); run.State != launch.Succeeded {
		t.Fatalf("%s: %s", run.State, run.Reason)
	}
	return run
}

// evaluated is the one run of the evaluation, and the results that it left.
func (p place) evaluated(t *testing.T, run launch.Run) (launch.Run, []launch.StoredResult) {
	t.Helper()
	runs, err := p.Ledger.Evaluations(t.Context(), run.ID)
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d evaluations, %v", len(runs), err)
	}
	results, err := p.Ledger.Results(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	return runs[0], results
}

func TestAnEvaluationFollowsARunThatSucceededAndItsReportIsTheRuns(t *testing.T) {
	p := newPlace(t)
	run := p.trained(t, "save", evaluation(p.mark, "graded.csv", eels))
	if err := tendAll(t.Context(), p.Launcher); err != nil {
		t.Fatal(err)
	}
	e, results := p.evaluated(t, run)
	if e.State != launch.Succeeded || p.starts(t) != 1 || e.Reason != "eels seed 0 step 3: 1 of 2 resolved" || e.Job.Evaluates.Run != run.ID || e.Job.Evaluates.Step != 3 {
		t.Errorf("%s (%s), started %d times: %+v", e.State, e.Reason, p.starts(t), e.Job.Evaluates)
	}
	if len(results) != 1 || results[0].Benchmark != "eels" || results[0].Resolved() != 1 || results[0].Total() != 2 || results[0].Attempt != 1 || results[0].Step == nil || *results[0].Step != 3 || results[0].Seed == nil || *results[0].Seed != 0 {
		t.Errorf("%+v", results)
	}
}

func TestATrainyardKilledAtAnyPointOfAnEvaluationStartsNoSecondOne(t *testing.T) {
	for _, point := range []string{"intent", "starting", "started", "imported"} {
		t.Run(point, func(t *testing.T) {
			p := newPlace(t)
			run := p.trained(t, "save", evaluation(p.mark, "graded.csv", eels))
			if err := begin(t, "tend", p.Home, point).Run(); err == nil {
				t.Fatal("it lived")
			}
			if err := tendAll(t.Context(), p.Launcher); err != nil {
				t.Fatal(err)
			}
			e, results := p.evaluated(t, run)
			if e.State != launch.Succeeded || p.starts(t) != 1 || len(results) != 1 || results[0].Total() != 2 {
				t.Errorf("%s (%s), started %d times, %d results", e.State, e.Reason, p.starts(t), len(results))
			}
		})
	}
}

// One that died while it began an evaluation again is no reason not to begin it.
func TestATrainyardKilledTwiceStartsTheEvaluationOnce(t *testing.T) {
	p := newPlace(t)
	run := p.trained(t, "save", evaluation(p.mark, "graded.csv", eels))
	for _, point := range []string{"intent", "again", "starting"} {
		if err := begin(t, "tend", p.Home, point).Run(); err == nil {
			t.Fatalf("it lived past %s", point)
		}
	}
	if err := tendAll(t.Context(), p.Launcher); err != nil {
		t.Fatal(err)
	}
	e, results := p.evaluated(t, run)
	if e.State != launch.Succeeded || p.starts(t) != 1 || len(results) != 1 {
		t.Errorf("%s (%s), attempt %d, started %d times", e.State, e.Reason, e.N, p.starts(t))
	}
}

func TestProcessesThatLookAfterOneRunStartItsEvaluationOnce(t *testing.T) {
	p := newPlace(t)
	run := p.trained(t, "save", evaluation(p.mark, "graded.csv", eels))
	var racing sync.WaitGroup
	for range 6 {
		racing.Go(func() {
			if err := begin(t, "tend", p.Home, "nowhere").Run(); err != nil {
				t.Error(err)
			}
		})
	}
	racing.Wait()
	e, results := p.evaluated(t, run)
	if e.State != launch.Succeeded || p.starts(t) != 1 || len(results) != 1 {
		t.Errorf("%s (%s), started %d times, %d results", e.State, e.Reason, p.starts(t), len(results))
	}
}

// A failed evaluation is one run as well: asked for again it has another attempt.
func TestAnEvaluationThatFailedIsNotBegunAgainByItself(t *testing.T) {
	p := newPlace(t)
	broken := evaluation(p.mark, "graded.csv", eels)
	broken.Command = []string{"{self}", "no-such-role", "{checkpoint}"}
	run := p.trained(t, "save", broken)
	for range 2 {
		if err := tendAll(t.Context(), p.Launcher); err != nil {
			t.Fatal(err)
		}
	}
	e, results := p.evaluated(t, run)
	if e.State != launch.Failed || e.N != 1 || len(results) != 0 {
		t.Errorf("%s (%s), attempt %d", e.State, e.Reason, e.N)
	}
	if _, err := p.Retry(t.Context(), e, launch.Retry{}); err != nil {
		t.Fatal(err)
	}
	if err := tendAll(t.Context(), p.Launcher); err != nil {
		t.Fatal(err)
	}
	if e, _ = p.evaluated(t, run); e.N != 2 {
		t.Errorf("attempt %d", e.N)
	}
}

func TestWhatAnEvaluationLeftIsJudged(t *testing.T) {
	cases := map[string]struct {
		name, content string
		change        func(*launch.Evaluation)
		state         launch.State
		reason        string
	}{
		"unmatched": {"other.csv", eels, func(e *launch.Evaluation) { e.Reports = []string{"graded*.csv"} }, launch.Failed, "of 1 files in {output}, eval.unmatched.reports (graded*.csv) matches none"},
		"below":     {"graded.csv", eels, func(e *launch.Evaluation) { e.Reports = []string{"**/graded.*"} }, launch.Succeeded, "below seed 0 step 3: 1 of 2 resolved"},
		"nothing":   {"notes.txt", "nothing", nil, launch.Failed, "it left no report in {output}"},
		"odd":       {"odd.json", `{"resolvd_ids": []}`, nil, launch.Failed, "none of the files that it left is a report"},
		"cut":       {"graded.json", `{"resolved_ids": [`, func(e *launch.Evaluation) { e.Reports = []string{"*.json"} }, launch.Failed, "a report cannot be read"},
		"another":   {"swe-bench_lite__test__mine.json", `{"total_instances": 2, "submitted_instances": 2, "resolved_ids": ["a__b-1"], "unresolved_ids": ["a__b-2"], "schema_version": 2}`, nil, launch.Failed, "is of swe-bench_lite, and eval.another.benchmark says another"},
		"nan":       {"results.json", `{"results": {"validation": {"loss": NaN}}, "configs": {}}`, func(e *launch.Evaluation) { e.Benchmark = "validation" }, launch.Failed, "there is neither an instance nor a figure in it"},
		"twofold":   {"", "", twoReports("eel-1,passed", "eel-1,failed"), launch.Failed, "r1.csv and "},
		"parted":    {"", "", twoReports("eel-1,passed", "eel-2,failed"), launch.Failed, "2 differ: eel-1 (resolved, now not there), eel-2 (not there, now unresolved); choose one by eval.parted.reports"},
		"contained": {"", "", twoReports("eel-1,passed\\neel-2,failed", "eel-2,failed"), launch.Succeeded, "contained seed 0: 1 of 2 resolved"},
		"strange":   {"graded.csv", eels, nil, launch.Failed, "give another eval.strange.benchmark or eval.strange.split, or take what is wrong out first: trainyard eval remove "},
		"huge":      {"graded.csv", "id,verdict,score\neel-1,passed,1e308\n", nil, launch.Failed, "the score of eel-1 is 1e+308, and a figure is 1e+30 at the most"},
		"untold":    {"graded.csv", eels, func(e *launch.Evaluation) { e.Benchmark = "" }, launch.Failed, "say eval.untold.benchmark"},
		"told":      {"graded.csv", eels, func(e *launch.Evaluation) { e.Split, e.Scaffold, e.Seed = "Test", "mini", ptr(int64(7)) }, launch.Succeeded, "told test mini seed 7 step 3: 1 of 2 resolved"},
	}
	p := newPlace(t)
	var all []launch.Evaluation
	for name, c := range cases {
		e := evaluation(p.mark, c.name, c.content)
		e.Name, e.Benchmark = name, name
		if c.change != nil {
			c.change(&e)
		}
		all = append(all, e)
	}
	run := p.trained(t, "save", all...)
	strange := result.Result{Benchmark: "strange", Seed: ptr(int64(7)), Instances: []result.Instance{{ID: "frog-1", Verdict: result.Resolved}}, Source: result.Source{File: "frogs.csv", SHA256: "frogs"}}
	if _, err := p.Ledger.ImportResult(t.Context(), launch.Import{Run: run.ID, Result: strange}); err != nil {
		t.Fatal(err)
	}
	if err := tendAll(t.Context(), p.Launcher); err != nil {
		t.Fatal(err)
	}
	runs, err := p.Ledger.Evaluations(t.Context(), run.ID)
	if err != nil || len(runs) != len(cases) {
		t.Fatalf("%d evaluations, %v", len(runs), err)
	}
	for _, got := range runs {
		if c := cases[got.Job.Evaluates.Name]; got.State != c.state || !strings.Contains(got.Reason, c.reason) {
			t.Errorf("%s: %s: %s; want %s: %s", got.Job.Evaluates.Name, got.State, got.Reason, c.state, c.reason)
		}
	}
	if results, err := p.Ledger.Results(t.Context(), run.ID); err != nil || len(results) != 4 {
		t.Errorf("%+v, %v", results, err)
	}
}

// twoReports leaves two tables in one output directory.
func twoReports(one, other string) func(*launch.Evaluation) {
	return func(e *launch.Evaluation) {
		e.Command = []string{"sh", "-c", `printf "id,verdict\n$1\n" > "$0/r1.csv"; printf "id,verdict\n$2\n" > "$0/r2.csv"`, "{output}", one, other}
	}
}

// Whatever keeps its results from the ledger, an evaluation can be stopped; and once that
// has passed, the next look keeps them.
func TestAnEvaluationWhoseResultsCannotBeKeptCanBeStopped(t *testing.T) {
	p := newPlace(t)
	one, other := evaluation(p.mark, "graded.csv", eels), evaluation(p.mark, "graded.csv", eels)
	other.Benchmark, other.Name = "others", "others"
	run := p.trained(t, "save", one, other)
	deeds := p.Evaluate(t.Context(), run, run.Job.Evals)
	if len(deeds) != 2 || deeds[0].Err != nil || deeds[1].Err != nil {
		t.Fatalf("%+v", deeds)
	}
	if err := p.Ledger.Exec(t.Context(), `ALTER TABLE results RENAME TO results_away`); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Watch(t.Context(), deeds[0].Run, func(launch.Update) error { return nil }); err == nil || !strings.Contains(err.Error(), "results") {
		t.Fatalf("watched to its end: %v", err)
	}
	stopped, err := p.Stop(t.Context(), deeds[0].Run)
	if err != nil || stopped.State != launch.Cancelled || !strings.Contains(stopped.Reason, "its reports are not kept: ") {
		t.Errorf("%s: %s, %v", stopped.State, stopped.Reason, err)
	}
	if err := p.Ledger.Exec(t.Context(), `ALTER TABLE results_away RENAME TO results`); err != nil {
		t.Fatal(err)
	}
	if kept := p.end(t, deeds[1].Run); kept.State != launch.Succeeded || !strings.Contains(kept.Reason, "1 of 2 resolved") {
		t.Errorf("%s: %s", kept.State, kept.Reason)
	}
}

func ptr[T any](v T) *T { return &v }

func TestAnEvaluationThatCannotWorkIsRefusedBeforeItsRunTrains(t *testing.T) {
	p := newPlace(t)
	for what, c := range map[string]struct {
		change func(*launch.Evaluation)
		want   string
	}{
		"no command":           {func(e *launch.Evaluation) { e.Command = nil }, "evaluation eels: it has no command"},
		"unknown placeholder":  {func(e *launch.Evaluation) { e.Command = []string{"{self}", "{chekpoint}"} }, "unknown placeholder {chekpoint}: there are {benchmark}, {checkpoint}"},
		"no such program":      {func(e *launch.Evaluation) { e.Command = []string{"no-such-program"} }, `"no-such-program" is not found on local`},
		"no such place":        {func(e *launch.Evaluation) { e.Backend = "nowhere" }, "nowhere"},
		"a pattern that is no": {func(e *launch.Evaluation) { e.Reports = []string{"[a"} }, `reports has "[a", which is no pattern`},
		"a secret in argv":     {func(e *launch.Evaluation) { e.Command = []string{"{self}", "--token=hunter2hunter2"} }, "its command has a secret in argument 1"},
	} {
		job := job(p.dataset, "save", p.mark, "{output}")
		e := evaluation(p.mark, "graded.csv", eels)
		c.change(&e)
		job.Evals = []launch.Evaluation{e}
		if _, err := p.Start(t.Context(), job); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	twice := job(p.dataset, "save", p.mark, "{output}")
	one, other := evaluation(p.mark, "graded.csv", eels), evaluation(p.mark, "graded.csv", eels)
	other.Name = "again"
	twice.Evals = []launch.Evaluation{one, other}
	if _, err := p.Start(t.Context(), twice); err == nil || !strings.Contains(err.Error(), "evaluation again: it is that of eels once more") {
		t.Error(err)
	}
	if runs, err := p.Ledger.Runs(t.Context(), 0); err != nil || len(runs) != 0 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}

func TestAnEvaluationOfARunWithoutAModelSaysSo(t *testing.T) {
	p := newPlace(t)
	run := p.trained(t, "train", evaluation(p.mark, "graded.csv", eels))
	deeds := p.Evaluate(t.Context(), run, run.Job.Evals)
	if len(deeds) != 1 || deeds[0].Err == nil || !strings.Contains(deeds[0].Err.Error(), "neither a finished model nor a whole checkpoint") {
		t.Errorf("%+v", deeds)
	}
	if runs, err := p.Ledger.Evaluations(t.Context(), run.ID); err != nil || len(runs) != 0 {
		t.Errorf("%d evaluations, %v", len(runs), err)
	}
}

// What the ledger has of evaluations comes back with the directories of their runs.
func TestEvaluationsAreRebuiltWithTheLedger(t *testing.T) {
	if os.Getenv(launch.EngineVariable) != "" {
		t.Skip("about the file of a ledger")
	}
	p := newPlace(t)
	run := p.trained(t, "save", evaluation(p.mark, "graded.csv", eels))
	if err := tendAll(t.Context(), p.Launcher); err != nil {
		t.Fatal(err)
	}
	if err := p.Ledger.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(launch.LedgerFile(p.Home)); err != nil {
		t.Fatal(err)
	}
	var err error
	if p.Ledger, err = launch.OpenForTest(launch.LedgerFile(p.Home)); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := tendAll(t.Context(), p.Launcher); err != nil {
		t.Fatal(err)
	}
	e, results := p.evaluated(t, run)
	if e.State != launch.Succeeded || p.starts(t) != 1 || len(results) != 1 {
		t.Errorf("%s (%s), started %d times, %d results", e.State, e.Reason, p.starts(t), len(results))
	}
}

func TestAPlaceholderInDoubledBracesAsksForNothing(t *testing.T) {
	p := newPlace(t)
	e := evaluation(p.mark, "graded.csv", eels)
	e.Command[4] = "{{checkpoint}}"
	run := p.trained(t, "train", e) // saves none
	if err := tendAll(t.Context(), p.Launcher); err != nil {
		t.Fatal(err)
	}
	if got, results := p.evaluated(t, run); !strings.Contains(got.Reason, "stat {checkpoint}/") || got.Job.Evaluates.Step != 0 || len(results) != 0 {
		t.Errorf("%s (%s), %+v", got.State, got.Reason, results)
	}
}

// A distant place is one that does not answer.
type distant struct{ local.Local }

func (distant) LookPath(string) (string, error) {
	return "", &launch.Unreachable{Err: errors.New("distant: no such host")}
}

func TestAMachineThatDoesNotAnswerIsNotTakenForOneWithoutTheTrainer(t *testing.T) {
	p := newPlace(t)
	p.Backends["distant"] = distant{}
	job := job(p.dataset, "save", p.mark, "{output}")
	e := evaluation(p.mark, "graded.csv", eels)
	e.Command = []string{"lm_eval", "{checkpoint}"}
	job.Backend, job.LR, job.Evals = "distant", 0, []launch.Evaluation{e}
	job.Params["argv"] = []any{"torchrun", "{train}"}
	err := p.Precheck(job)
	if got := fmt.Sprint(err); strings.Count(got, "distant: no such host") != 1 || strings.Contains(got, "not found") || !strings.Contains(got, "lr is 0") {
		t.Error(err)
	}
}
