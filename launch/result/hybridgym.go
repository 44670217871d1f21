package result

import (
	"strings"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// hybridGym is what Hybrid-Gym's graders write where it is no plain rows: a summary
// with results, and for issue_localize the list of the ids that failed, which says
// nothing about the others.
var hybridGym = Format{
	Looks:   `{"summary": {…}, "results": [{"instance_id": …, "success": true}, …]}, or ["ID", …] in output_failure_ids.json`,
	Summary: "Hybrid-Gym's graders",
	asked:   []string{"summary", "total"},
	is: func(d *document) bool {
		return isFailures(d) || d.object() && has(d.root, "summary") && isGraded(d.root.Get("results"))
	},
	read: func(d *document) ([]Result, error) {
		c := collect(d)
		for _, id := range d.root.Elements() {
			c.add(id.Text(), verdict.Unresolved, nil)
		}
		for _, row := range d.root.Get("results").Elements() {
			c.add(rowID(row), rowGrade(row), nil)
		}
		return c.into(Result{Aggregates: aggregatesOf(d.root.Get("summary"))})
	},
}

func isFailures(d *document) bool {
	return strings.HasSuffix(d.name(), "_failure_ids.json") && verdict.IsIDs(d.root) && d.root.Length() > 0
}

func isGraded(list pyjson.Value) bool {
	n := 0
	for _, row := range list.Elements() {
		if rowID(row) == "" || rowGrade(row) == verdict.None {
			return false
		}
		n++
	}
	return n > 0
}
