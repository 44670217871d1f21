package evidence

import (
	"fmt"
	"path/filepath"

	"trainyard/format/pyjson"
)

// Take reads a report of any shape:
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
func (r *reports) Take(path string, root pyjson.Value) {
	says := func(o Outcome) string { return fmt.Sprintf("%s says %s", path, o) }
	switch {
	case root.Get("verifier_result").Kind() != pyjson.KindMissing:
		r.takeTrial(path, root)
	case filepath.Base(path) == "reward.json":
		r.takeReward(path, root.Get("reward"))
	case root.Get("instance_id").Kind() == pyjson.KindText:
		r.takeInstance(path, root)
	case root.Get("ids_resolved").Kind() == pyjson.KindArray:
		r.takeIDs(path, root.Get("ids_resolved"), Accepted)
		r.takeIDs(path, root.Get("ids_unresolved"), Refused)
	case root.Get("resolved").Kind() != pyjson.KindMissing:
		o := outcomeOf(root.Get("resolved"))
		r.add(filepath.Base(filepath.Dir(path)), o, says(o))
	case root.Get("resolved_ids").Kind() == pyjson.KindArray:
		r.takeIDs(path, root.Get("resolved_ids"), Accepted)
		for _, name := range []string{"unresolved_ids", "error_ids", "empty_patch_ids"} {
			r.takeIDs(path, root.Get(name), Refused)
		}
	case root.Kind() == pyjson.KindArray:
		for _, element := range root.Elements() {
			r.takeInstance(path, element)
		}
	default:
		r.takeByID(path, root)
	}
}

func (r *reports) takeIDs(path string, ids pyjson.Value, outcome Outcome) {
	for _, id := range ids.Elements() {
		r.add(id.Text(), outcome, fmt.Sprintf("%s says %s", path, outcome))
	}
}

func (r *reports) takeByID(path string, root pyjson.Value) {
	for name, member := range root.Members() {
		if resolved := member.Get("resolved"); resolved.Kind() != pyjson.KindMissing {
			o := outcomeOf(resolved)
			r.add(name.Text(), o, fmt.Sprintf("%s says %s", path, o))
		} else {
			r.takePrediction(path, name.Text(), member)
		}
	}
}

// takeInstance reads an object that names its instance: an evaluated row, or
// a prediction.
func (r *reports) takeInstance(path string, row pyjson.Value) {
	id := row.Get("instance_id").Text()
	for _, resolved := range []pyjson.Value{row.Get("test_result", "report", "resolved"), row.Get("report", "resolved"), row.Get("resolved")} {
		if resolved.Present() {
			o := outcomeOf(resolved)
			r.add(id, o, fmt.Sprintf("%s says %s", path, o))
			return
		}
	}
	r.takePrediction(path, id, row)
}

// takePrediction only learns who failed: an empty patch changes nothing, and
// any other may or may not work.
func (r *reports) takePrediction(path, id string, row pyjson.Value) {
	switch patch := row.Get("model_patch"); {
	case patch.Kind() == pyjson.KindMissing || id == "":
	case patch.Text() == "":
		r.add(id, Refused, fmt.Sprintf("%s holds an empty patch", path))
	default:
		r.predicted[id] = path
	}
}
