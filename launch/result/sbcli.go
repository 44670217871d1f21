package result

// sbCLI is what sb-cli fetches from SWE-bench's servers. Its file is named after the
// benchmark and the split.
var sbCLI = Format{
	Looks:   `{"resolved_ids": […], "pending_ids": […], "failed_ids": […], …} in swe-bench_verified__test__RUN.json`,
	Summary: "the report of a run that sb-cli fetched",
	is:      isSummaryOf("sb-cli"),
	asked:   totalInstances,
	read:    func(d *document) ([]Result, error) { return readSummary(d, Result{}) },
}
