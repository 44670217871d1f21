package evidence

import (
	"fmt"
	"strings"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// takeRow reads an object that names its instance: an evaluated row, or a
// prediction.
func (r *reports) takeRow(path string, row pyjson.Value) {
	v, ids := rowVerdict(path, row), verdict.IDsOf(row)
	if trial := row.Get("trial_name").Text(); trial != "" && v.Evidence != "" {
		settle(r.named, trial, v)
	}
	for _, name := range verdict.VagueIDs {
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
	for _, name := range verdict.Columns {
		if o := outcome(verdict.OfWord(row.Get(name).Scalar())); v.Outcome == Unknown && o != Unknown {
			v = Verdict{o, rowEvidence(path, name, row.Get(name))}
		}
	}
	return v
}

// fieldsVerdict is the first of verdict.Fields that settles something, else
// the first there is.
func fieldsVerdict(path string, row pyjson.Value) (v Verdict) {
	for _, field := range verdict.Fields {
		at := row.Get(strings.Split(field, ".")...)
		if o := outcome(verdict.OfReport(at)); o != Unknown {
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
