package result

// sweSmith is the report of SWE-smith's harness, whose resolved and unresolved are
// numbers.
var sweSmith = Format{
	Looks:   `{"resolved": 3, "unresolved": 50, "ids_resolved": […], "ids_unresolved": […]}`,
	Summary: "the report of a run of SWE-smith's harness",
	is:      isSummaryOf("swe-smith"),
	asked:   []string{"total"},
	read:    func(d *document) ([]Result, error) { return readSummary(d, Result{Benchmark: "swe-smith"}) },
}
