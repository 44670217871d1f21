package evidence

import (
	"path/filepath"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// A Shape is one way of writing verdicts down in JSON.
type Shape struct {
	Looks   string // what it looks like
	Summary string // whose it is, and what it says
	is      func(path string, root pyjson.Value) bool
	take    func(r *reports, path string, root pyjson.Value)
}

// Shapes are all ways, in the order in which a document is held against them:
// the first that it is counts. Tables are read by takeTable.
var Shapes = []Shape{
	{
		Looks: `{"verifier_result": {"rewards": {"reward": 1}}, …}`, Summary: "a trial of Harbor",
		is: func(_ string, root pyjson.Value) bool {
			return root.Get("verifier_result").Kind() != pyjson.KindMissing
		},
		take: (*reports).takeTrial,
	}, {
		Looks: `{"reward": 1} in reward.json`, Summary: "the verifier of a Harbor trial",
		is:   func(path string, _ pyjson.Value) bool { return filepath.Base(path) == "reward.json" },
		take: (*reports).takeReward,
	}, {
		Looks:   `[{"instance_id": …, "resolved": true}, …] or ["ID", …]`,
		Summary: "rows with an id and a verdict; predictions, of which an empty patch fails; ids that succeeded, or failed where the file's name says so",
		is:      isKind(pyjson.KindArray), take: (*reports).takeArray,
	}, {
		Looks: `"ID"`, Summary: "a line of a list of ids",
		is: isKind(pyjson.KindText), take: (*reports).takeLine,
	}, {
		Looks: `{"results": [rows] or {"ID": …}, …}`, Summary: "Hybrid-Gym's graders, Terminal-Bench",
		is: hasResults, take: (*reports).takeResults,
	}, {
		Looks:   `{"instance_id": …, "resolved": true, …}`,
		Summary: "a row by itself or a line: OpenHands, Hybrid-Gym's graders, a trial of Terminal-Bench",
		is:      func(_ string, root pyjson.Value) bool { return len(verdict.IDsOf(root)) > 0 }, take: (*reports).takeLone,
	}, {
		Looks: `{"resolved_ids": […], "unresolved_ids": […], …}`, Summary: "the summary of a run: SWE-bench and its experiments, sb-cli, SWE-smith",
		is: func(_ string, root pyjson.Value) bool { return isSummary(root) }, take: (*reports).takeSummary,
	}, {
		Looks: `{"resolved": true, …}`, Summary: "one instance, named by the directory or the file",
		is:   func(path string, root pyjson.Value) bool { return rowVerdict(path, root).Outcome != Unknown },
		take: (*reports).takeAlone,
	}, {
		Looks: `{"ID": {"resolved": true, …} or true or 1.0, …}`, Summary: "verdicts or predictions by id",
		is: isKind(pyjson.KindObject), take: (*reports).takeByID,
	},
}

func isKind(kind pyjson.Kind) func(string, pyjson.Value) bool {
	return func(_ string, root pyjson.Value) bool { return root.Kind() == kind }
}

func hasResults(_ string, root pyjson.Value) bool {
	kind := root.Get("results").Kind()
	return kind == pyjson.KindArray || kind == pyjson.KindObject
}

// take reads a report of any of the shapes. Anything else has no say.
func (r *reports) take(path string, root pyjson.Value) {
	for _, shape := range Shapes {
		if shape.is(path, root) {
			shape.take(r, path, root)
			return
		}
	}
}
