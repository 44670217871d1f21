package result

import (
	"strings"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// openHands is what OpenHands' evaluations write: output.report.json of its own
// benchmarks (benchmarks/utils/report.py), and the rows that the version before leaves
// in output.swebench_eval.jsonl or puts into output.jsonl. Dataset, split, agent and
// model stand in metadata.json beside them. Its report.json is that of SWE-bench.
var openHands = Format{
	Looks:   `output.report.json, or lines {"instance_id": …, "test_result": {"report": {"resolved": true, …}}}`,
	Summary: "OpenHands: the report of a run, and graded rows",
	asked:   totalInstances,
	is:      func(d *document) bool { return isOpenHands(d) || isOpenHandsRows(d) },
	read: func(d *document) ([]Result, error) {
		var r Result
		r.saidByOpenHands(d)
		if d.object() {
			if model := d.root.Get("model_name_or_path").Text(); r.Model == "" && model != "" {
				r.saidOfModel(model)
			}
			return readSummary(d, r)
		}
		c := collect(d)
		for _, row := range d.root.Elements() {
			c.add(row.Get("instance_id").Scalar(), openHandsGrade(row), nil)
		}
		return c.into(r)
	},
}

func isOpenHands(d *document) bool {
	return isSummary(d) && !marked(d) && (has(d.root, "model_name_or_path") || strings.HasSuffix(d.name(), ".report.json"))
}

func isOpenHandsRows(d *document) bool {
	graded := false
	return d.all(func(row pyjson.Value) bool {
		graded = graded || openHandsReport(row).Present()
		return row.Get("instance_id").Present() && !has(row, "messages") // a dataset that was made of such rows
	}) && graded
}

func openHandsReport(row pyjson.Value) pyjson.Value {
	if report := row.Get("test_result", "report"); report.Kind() == pyjson.KindObject {
		return report
	}
	if report := row.Get("report"); report.Kind() == pyjson.KindObject {
		return report
	}
	return pyjson.Value{}
}

// openHandsGrade: a row without a report was not graded.
func openHandsGrade(row pyjson.Value) verdict.Grade {
	report := openHandsReport(row)
	is := func(name string) bool { return pyjson.IsTrue(report.Get(name)) }
	switch {
	case !report.Present():
		return verdict.Missing
	case verdict.OfValue(report.Get("resolved")) == verdict.Resolved:
		return verdict.Resolved
	case is("empty_generation"):
		return verdict.Empty
	case is("failed_apply_patch"), is("error_eval"), is("test_timeout"):
		return verdict.Error
	}
	return verdict.OfValue(report.Get("resolved"))
}
