package evidence

import (
	"fmt"
	"strings"

	"trainyard/format/pyjson"
)

// rowIDs are the members by which rows of reports name what they judge.
var rowIDs = []string{"instance_id", "task_id", "task_name", "trial_name", "traj_id", "trajectory_id"}

func rowIDsOf(row pyjson.Value) (ids []string) {
	for _, name := range rowIDs {
		if id := row.Get(name).Text(); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// vagueIDs are members that name what a row is about where it has none of
// rowIDs.
var vagueIDs = []string{"id", "instance", "task", "name"}

// takeRow reads an object that names its instance: an evaluated row, or a
// prediction.
func (r *reports) takeRow(path string, row pyjson.Value) {
	v, ids := rowVerdict(path, row), rowIDsOf(row)
	if trial := row.Get("trial_name").Text(); trial != "" && v.Evidence != "" {
		settle(r.named, trial, v)
	}
	for _, name := range vagueIDs {
		if len(ids) == 0 && row.Get(name).Scalar() != "" {
			ids = []string{row.Get(name).Scalar()}
		}
	}
	for _, id := range ids {
		if v.Evidence != "" {
			r.add(id, v)
		} else {
			r.takePrediction(path, id, row)
		}
	}
}

// rowVerdict is the first verdict of a row that settles something, else the
// first there is. Without any, its Evidence is empty.
func rowVerdict(path string, row pyjson.Value) (v Verdict) {
	for _, field := range verdictFields {
		at := row.Get(strings.Split(field, ".")...)
		if !at.Present() {
			continue
		}
		if o := reportOutcome(at); v.Evidence == "" || o != Unknown {
			v = Verdict{o, fmt.Sprintf("%s says %s %s", path, field, pyjson.Clip(string(at.Raw())))}
		}
		if v.Outcome != Unknown {
			return v
		}
	}
	return v
}

// takePrediction only learns who failed: an empty patch changes nothing, and
// any other may or may not work.
func (r *reports) takePrediction(path, id string, row pyjson.Value) {
	switch patch := row.Get("model_patch"); {
	case patch.Kind() == pyjson.KindMissing || id == "":
	case patch.Text() == "":
		r.add(id, Verdict{Refused, fmt.Sprintf("%s holds an empty patch", path)})
	default:
		r.predicted[id] = path
	}
}
