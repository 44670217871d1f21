package result_test

import (
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
