package format

import (
	"fmt"
	"path/filepath"
)

// take reads a report of any shape:
//
//	{"resolved": true, …}                 one instance, the directory's name its id
//	{"ID": {"resolved": true, …}, …}      instances by id
//	{"resolved_ids": […], "unresolved_ids": […], …}    a run's summary
//	{"ids_resolved": […], "ids_unresolved": […], …}    SWE-smith's, where resolved is a count
//	{"instance_id": …, "test_result": {"report": {"resolved": …}}}    a line of OpenHands' swebench_eval.jsonl
//	{"instance_id": …, "model_patch": …}, alone, in an array or by id    predictions: an empty patch fails
//	{"verifier_result": {"rewards": {"reward": 1}}, …}    a Harbor trial
//	{"reward": 1}    Harbor's reward.json
//
// Anything else in a file of such a name has no say.
func (r *reports) take(path string, root value) {
	says := func(o Outcome) string { return fmt.Sprintf("%s says %s", path, o) }
	switch {
	case root.get("verifier_result").kind() != kindMissing:
		r.takeTrial(path, root)
	case filepath.Base(path) == "reward.json":
		r.takeReward(path, root.get("reward"))
	case root.get("instance_id").kind() == kindText:
		r.takeInstance(path, root)
	case root.get("ids_resolved").kind() == kindArray:
		r.takeIDs(path, root.get("ids_resolved"), Accepted)
		r.takeIDs(path, root.get("ids_unresolved"), Refused)
	case root.get("resolved").kind() != kindMissing:
		o := outcomeOf(root.get("resolved"))
		r.add(filepath.Base(filepath.Dir(path)), o, says(o))
	case root.get("resolved_ids").kind() == kindArray:
		r.takeIDs(path, root.get("resolved_ids"), Accepted)
		for _, name := range []string{"unresolved_ids", "error_ids", "empty_patch_ids"} {
			r.takeIDs(path, root.get(name), Refused)
		}
	case root.kind() == kindArray:
		for _, element := range root.elements() {
			r.takeInstance(path, element)
		}
	default:
		r.takeByID(path, root)
	}
}

func (r *reports) takeIDs(path string, ids value, outcome Outcome) {
	for _, id := range ids.elements() {
		r.add(id.text(), outcome, fmt.Sprintf("%s says %s", path, outcome))
	}
}

func (r *reports) takeByID(path string, root value) {
	for name, member := range root.members() {
		if resolved := member.get("resolved"); resolved.kind() != kindMissing {
			o := outcomeOf(resolved)
			r.add(name.text(), o, fmt.Sprintf("%s says %s", path, o))
		} else {
			r.takePrediction(path, name.text(), member)
		}
	}
}

// takeInstance reads an object that names its instance: an evaluated row, or
// a prediction.
func (r *reports) takeInstance(path string, row value) {
	id := row.get("instance_id").text()
	for _, resolved := range []value{row.get("test_result", "report", "resolved"), row.get("report", "resolved"), row.get("resolved")} {
		if resolved.present() {
			o := outcomeOf(resolved)
			r.add(id, o, fmt.Sprintf("%s says %s", path, o))
			return
		}
	}
	r.takePrediction(path, id, row)
}

// takePrediction only learns who failed: an empty patch changes nothing, and
// any other may or may not work.
func (r *reports) takePrediction(path, id string, row value) {
	switch patch := row.get("model_patch"); {
	case patch.kind() == kindMissing || id == "":
	case patch.text() == "":
		r.add(id, Refused, fmt.Sprintf("%s holds an empty patch", path))
	default:
		r.predicted[id] = path
	}
}
