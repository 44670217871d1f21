package result

import (
	"fmt"
	"path/filepath"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// multiSWEBench is what Multi-SWE-bench's harness writes
// (multi_swe_bench/harness/report.py): final_report.json, whose counts have no schema
// version beside them, and report.json of one pull request.
var multiSWEBench = Format{
	Looks:   `{"incomplete_instances": 0, "resolved_ids": ["owner/name:pr-1"], …} or {"org": …, "repo": …, "number": 1, "valid": true, …}`,
	Summary: "the report of a run of Multi-SWE-bench's harness, and that of one pull request",
	asked:   totalInstances,
	is:      func(d *document) bool { return isSummaryOf("multi-swe-bench")(d) || d.object() && isPull(d.root) },
	read: func(d *document) ([]Result, error) {
		r := Result{Benchmark: "multi-swe-bench"}
		if !isPull(d.root) {
			return readSummary(d, r)
		}
		c, g := collect(d), verdict.Unresolved
		if pyjson.IsTrue(d.root.Get("valid")) {
			g = verdict.Resolved
		}
		c.add(fmt.Sprintf("%s/%s:pr-%s", d.root.Get("org").Text(), d.root.Get("repo").Text(), d.root.Get("number").Raw()), g, nil)
		return c.into(r)
	},
	// workdir/ORG/REPO/evals/pr-1/report.json
	partOf: func(d *document) (string, bool) {
		dir := absolute(d.path)
		for range 5 {
			dir = filepath.Dir(dir)
		}
		return dir, isPull(d.root)
	},
}

func isPull(v pyjson.Value) bool {
	return has(v, "org") && has(v, "repo") && v.Get("number").Kind() == pyjson.KindNumber && v.Get("valid").Kind() == pyjson.KindBool
}
