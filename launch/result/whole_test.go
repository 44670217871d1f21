package result_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch/result"
)

// written reads one report from a file of its own.
func written(t *testing.T, name, content string) result.Result {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := result.Read(path)
	if err != nil || len(read.Results) != 1 {
		t.Fatalf("%s: %d results, %v", content, len(read.Results), err)
	}
	return read.Results[0]
}

// A rate is over what was to be judged, in every format that counts it.
func TestAReportCountsWhatItDoesNotName(t *testing.T) {
	for name, c := range map[string]struct {
		file, report   string
		asked, unnamed int
		solvedAlone    bool
	}{
		"SWE-bench, the rest not handed in":  {"m.r.json", `{"resolved_ids": ["a__b-1"], "unresolved_ids": ["a__b-2"], "total_instances": 500, "submitted_instances": 2, "schema_version": 2}`, 500, 498, false},
		"SWE-bench, the unresolved left out": {"m.r.json", `{"resolved_ids": ["a__b-1", "a__b-2"], "total_instances": 500, "submitted_instances": 500, "unresolved_instances": 498, "schema_version": 2}`, 500, 498, true},
		"SWE-bench, by its counts":           {"m.r.json", `{"resolved_ids": ["a__b-1"], "resolved_instances": 1, "unresolved_instances": 11}`, 12, 11, true},
		"SWE-bench, all named":               {"m.r.json", `{"resolved_ids": ["a__b-1"], "unresolved_ids": [], "incomplete_ids": ["a__b-2"], "total_instances": 2}`, 2, 0, false},
		"sb-cli":                             {"swe-bench_lite__dev__mine.json", `{"resolved_ids": ["a__b-1"], "unresolved_ids": ["a__b-2"], "pending_ids": [], "failed_ids": [], "total_instances": 23, "submitted_instances": 2}`, 23, 21, false},
		"Multi-SWE-bench":                    {"final_report.json", `{"total_instances": 9, "incomplete_instances": 7, "resolved_instances": 1, "resolved_ids": ["g/h:pr-1"], "unresolved_ids": ["g/h:pr-2"]}`, 9, 7, false},
		"SWT-bench":                          {"m.r.json", `{"total_instances": 5, "Mean coverage": 0.5, "resolved_ids": ["c__p-1"], "unresolved_ids": ["c__p-2"]}`, 5, 3, false},
		"Commit-0 of OpenHands":              {"output.report.json", `{"total_instances": 16, "resolved_ids": ["tinylib"], "unresolved_ids": ["widelib"], "instance_metrics": {"tinylib": {"pass_rate": 1.0}, "widelib": {"pass_rate": 0.5}}}`, 16, 14, false},
		"SWE-smith":                          {"report.json", `{"resolved": 1, "unresolved": 1, "total": 4, "ids_resolved": ["e__h.1.pr_5"], "ids_unresolved": ["e__h.1.pr_6"]}`, 4, 2, false},
		"Hybrid-Gym":                         {"output.jsonl.eval.json", `{"summary": {"total": 3, "passed": 1}, "results": [{"instance_id": "y-1", "success": true}]}`, 3, 2, true},
	} {
		r := written(t, c.file, c.report)
		if r.Asked != int64(c.asked) || r.Unnamed() != c.unnamed || r.SolvedAlone() != c.solvedAlone {
			t.Errorf("%s: asked %d, %d of them not named, the solved alone %v", name, r.Asked, r.Unnamed(), r.SolvedAlone())
		}
		if noted := strings.Contains(strings.Join(r.Notes, "; "), "of them are named: the rate is over all"); noted != (c.unnamed > 0) {
			t.Errorf("%s: notes %q", name, r.Notes)
		}
	}
	if r := written(t, "m.r.json", `{"resolved_ids": ["a__b-1", "a__b-2"], "unresolved_ids": [], "total_instances": 1}`); r.Asked != 0 || len(r.Notes) != 1 || r.Notes[0] != "it counts 1 instances, and names 2" {
		t.Errorf("%+v", r)
	}
}

// The leaderboard's results.json lists who succeeded, and its rate is over the split.
func TestResultsOfTheLeaderboardAreOfAWholeBenchmark(t *testing.T) {
	const report = `{"no_generation": ["c__d-3"], "no_logs": [], "resolved": ["a__b-1"]}`
	of := func(said result.Said) (result.Result, error) {
		taken, err := said.Of([]result.Result{written(t, "results.json", report)}, "--")
		if err != nil {
			return result.Result{}, err
		}
		return taken[0], nil
	}
	r, err := of(result.Said{Benchmark: "SWE-bench_Verified"})
	if err != nil || r.Asked != 500 || r.Unnamed() != 498 || !r.SolvedAlone() || len(r.Notes) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err = of(result.Said{Benchmark: "mine", Instances: 40}); err != nil || r.Asked != 40 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err = of(result.Said{Benchmark: "swe-bench_lite", Split: "dev"}); err == nil || !strings.Contains(err.Error(), "say --instances, or a --benchmark of known size") {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err = of(result.Said{Benchmark: "mine", Instances: 1}); err == nil || !strings.Contains(err.Error(), "names 2 instances, and --instances says 1") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWhatAUserSaysWasToBeJudgedGoesWithTheReport(t *testing.T) {
	r := written(t, "m.r.json", `{"resolved_ids": ["a__b-1"], "unresolved_ids": ["a__b-2"], "total_instances": 500}`)
	if _, err := (result.Said{Instances: 300}).Of([]result.Result{r}, "--"); err == nil || !strings.Contains(err.Error(), "says that 500 instances were to be judged, and --instances says 300") {
		t.Error(err)
	}
	r = written(t, "rows.json", `[{"instance_id": "a__b-1", "resolved": true}]`)
	taken, err := result.Said{Instances: 3}.Of([]result.Result{r}, "--")
	if err != nil || taken[0].Asked != 3 || len(taken[0].Notes) != 1 {
		t.Errorf("%+v, %v", taken, err)
	}
}

func TestMetricsAreKnownByTheirNames(t *testing.T) {
	for name, want := range map[string][3]bool{ // lower is better, a rate, reports a benchmark
		"eval_loss": {true}, "word_perplexity,none": {true}, "bits_per_byte,none": {true}, "held-out loss": {true}, "PPL": {true},
		"brier_score": {true}, "lossless share": {}, "supplied": {}, "reward": {}, "score": {}, "": {},
		"accuracy": {false, true}, "acc,none": {false, true}, "acc_norm,none": {}, "pass@1": {false, true}, "exact_match,none": {false, true}, "exact_match,strict-match": {},
		"pass rate": {false, false, true},
	} {
		if got := [3]bool{result.LowerIsBetter(name), result.IsRate(name), result.Reports(name)}; got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}
