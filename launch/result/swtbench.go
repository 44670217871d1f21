package result

import "trainyard/format/pyjson"

// swtBench is what SWT-bench's harness writes: the summary of a run with the mean
// coverage (src/run_evaluation.py), and the report of one instance with the coverage
// of its tests (src/grading.py). It does not say whether it is Lite or Verified.
var swtBench = Format{
	Looks:   `{"Mean coverage": 0.5, "resolved_ids": […], …} or {"ID": {"resolved": true, "coverage_pred": …}}`,
	Summary: "the report of a run of SWT-bench's harness, and that of one instance",
	asked:   totalInstances,
	is: func(d *document) bool {
		return isSummaryOf("swt-bench")(d) || d.object() && keyed(d.root, isSWTInstance)
	},
	read: func(d *document) ([]Result, error) {
		if isSummary(d) {
			return readSummary(d, Result{Benchmark: "swt-bench"})
		}
		return readKeyed(d, Result{Benchmark: "swt-bench"})
	},
	partOf: partOfLogs,
}

func isSWTInstance(v pyjson.Value) bool {
	return has(v, "coverage_pred") && v.Get("resolved").Kind() == pyjson.KindBool
}
