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
		switch {
		case v.Evidence != "":
			r.add(id, v)
		case row.Length() == 1:
			r.takeListed(path, id)
		default:
			r.takePrediction(path, id, row)
		}
	}
}

// rowVerdict is the verdict of a row of a report, which may also stand under the
// names that tables have for it. Without any, its Evidence is empty.
func rowVerdict(path string, row pyjson.Value) Verdict {
	v := fieldsVerdict(path, row)
	for _, name := range verdictColumns {
		if o := wordOutcome(row.Get(name).Scalar()); v.Outcome == Unknown && o != Unknown {
			v = Verdict{o, rowEvidence(path, name, row.Get(name))}
		}
	}
	return v
}

// fieldsVerdict is the first of the verdictFields that settles something, else
// the first there is.
func fieldsVerdict(path string, row pyjson.Value) (v Verdict) {
	for _, field := range verdictFields {
		at := row.Get(strings.Split(field, ".")...)
		if o := reportOutcome(at); o != Unknown {
			return Verdict{o, rowEvidence(path, field, at)}
		}
		if at.Present() && v.Evidence == "" {
			v.Evidence = rowEvidence(path, field, at)
		}
	}
	return v
}

func rowEvidence(path, field string, at pyjson.Value) string {
	return fmt.Sprintf("%s says %s %s", path, field, pyjson.Clip(string(at.Raw())))
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
