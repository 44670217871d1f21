package result_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"trainyard/launch/result"
)

// Reports that public projects have written, beside the project where they are there.
func TestReportsOfPublicProjectsAreRead(t *testing.T) {
	const shared = "../../../shared"
	if _, err := os.Stat(shared); err != nil {
		t.Skip("no reports beside the project:", err)
	}
	for path, want := range map[string]struct {
		format    string
		instances int
		resolved  int
	}{
		"fixtures/mini_swe_agent/gemini3pro_swebv/sb-cli-report.json":                                {"sb-cli", 500, 371},
		"fixtures/mini_swe_agent/gemini3pro_swebv/logs":                                              {"swe-bench-instance", 10, 7},
		"fixtures/sweagent/swesmith/run_evaluation/report.json":                                      {"swe-smith", 53, 3},
		"fixtures/sweagent/swesmith/run_evaluation/pandas-dev__pandas.95280573.pr_53652/report.json": {"swe-bench-instance", 1, 1},
		"fixtures/sweagent/swesmith/run_evaluation/getmoto__moto.694ce1f4.pr_7331/report.json":       {"swe-bench-instance", 1, 1},
		"fixtures/sweagent/swesmith/run_evaluation/pandas-dev__pandas.95280573.pr_53856/report.json": {"swe-bench-instance", 1, 0},
		"cases/01-accept-relative/logs":                                                              {"swe-bench-instance", 2, 1},
		"cases/23-experiments-results.json":                                                          {"experiments", 2, 1},
		"cases/29-swe-bench_verified__test__run1.json":                                               {"swe-bench", 2, 1},
		"cases/hybrid_gym_graders/dep_search.eval_results.jsonl":                                     {"rows", 6, 3},
		"cases/hybrid_gym_graders/func_localize.eval_results.jsonl":                                  {"rows", 6, 3},
		"cases/hybrid_gym_graders/func_gen.output.jsonl.eval.json":                                   {"hybrid-gym", 6, 3},
		"cases/hybrid_gym_graders/issue_localize.output_failure_ids.json":                            {"hybrid-gym", 3, 0},
	} {
		read, err := result.Read(filepath.Join(shared, path))
		if err != nil || len(read.Results) != 1 {
			t.Errorf("%s: %d results, %v", path, len(read.Results), err)
			continue
		}
		r := read.Results[0]
		if r.Source.Format != want.format || len(r.Instances) != want.instances || r.Counts()[result.Resolved] != want.resolved || len(r.Notes) > 0 {
			t.Errorf("%s: %s, %d instances, %v, %v", path, r.Source.Format, len(r.Instances), r.Counts(), r.Notes)
		}
	}
}

// The public report of 500 instances, and what it is without lists that others leave out:
// the rate is 371 of 500 however little is named.
func TestAReportHasOneRateWhateverItNames(t *testing.T) {
	raw, err := os.ReadFile("../../../shared/fixtures/mini_swe_agent/gemini3pro_swebv/sb-cli-report.json")
	if err != nil {
		t.Skip("no report beside the project:", err)
	}
	for name, c := range map[string]struct {
		without     []string
		named       int
		solvedAlone bool
	}{
		"all":             {nil, 500, false},
		"solved alone":    {[]string{"unresolved_ids", "completed_ids", "submitted_ids"}, 371, true},
		"of no harness":   {[]string{"unresolved_ids", "pending_ids", "failed_ids", "pending_instances", "failed_instances"}, 371, true},
		"without details": {[]string{"completed_ids", "submitted_ids", "incomplete_ids", "error_ids"}, 500, false},
	} {
		var report map[string]any
		if err := json.Unmarshal(raw, &report); err != nil {
			t.Fatal(err)
		}
		for _, list := range c.without {
			delete(report, list)
		}
		text, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		r := written(t, "swe-bench_verified__test__mine.json", string(text))
		if r.Asked != 500 || r.Counts()[result.Resolved] != 371 || len(r.Instances) != c.named || r.SolvedAlone() != c.solvedAlone {
			t.Errorf("%s: %d of %d resolved, %d named, the solved alone %v", name, r.Counts()[result.Resolved], r.Asked, len(r.Instances), r.SolvedAlone())
		}
	}
}

// What agents leave behind is no result, whatever verdict stands in it.
func TestTrajectoriesAreNoResults(t *testing.T) {
	const shared = "../../../shared/fixtures"
	if _, err := os.Stat(shared); err != nil {
		t.Skip("no trajectories beside the project:", err)
	}
	for _, dir := range []string{"adp", "atif", "claude_code", "openhands_v0", "openhands_sdk_v1", "sharegpt", "openai_chat", "mini_swe_agent/upstream_testdata", "qwen"} {
		read, err := result.Read(filepath.Join(shared, dir))
		if err != nil || len(read.Results) > 0 || len(read.Left) == 0 {
			t.Errorf("%s: %d results, %d left, %v", dir, len(read.Results), len(read.Left), err)
		}
	}
}
