package result

// sweBench is the summary that SWE-bench's harness writes as MODEL.RUN.json
// (swebench/harness/reporting.py), and other harnesses that are made from it. It does
// not say which of SWE-bench's datasets it is about.
var sweBench = Format{
	Looks:   `{"resolved_ids": […], "unresolved_ids": […], "error_ids": […], "total_instances": 500, …}`,
	Summary: "the report of a run of SWE-bench's harness",
	asked:   totalInstances,
	is:      func(d *document) bool { return isSummary(d) && !marked(d) && !isOpenHands(d) },
	read: func(d *document) ([]Result, error) {
		var r Result
		r.saidByOpenHands(d) // which keeps it as report.json
		return readSummary(d, r)
	},
}
