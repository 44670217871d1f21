package dialect

import (
	"slices"

	"trainyard/format"
	"trainyard/format/evidence"
	"trainyard/format/pyjson"
)

// refuseReport knows among the records what an evaluation reads and writes, a
// patch to be judged and a report, by what it holds or by its name, so that it is
// not taken for an unknown format. A record that a dialect claims is one, whatever
// its file is called.
func refuseReport(rec format.Record, root pyjson.Value) error {
	verdict := evidence.Speaks(root)
	patch := !verdict && isPrediction(root)
	if !verdict && !patch && !evidence.IsReport(rec.File, root) {
		return nil
	}
	if slices.ContainsFunc(Names(), func(name string) bool { return Dialects[name].claim(rec, root) > notMine }) {
		return nil
	}
	if patch {
		return format.Rejectf(format.ReportFile, "a patch for an evaluation to judge, not a trajectory: leave its file out of the path")
	}
	return format.Rejectf(format.ReportFile, "a report of verdicts, not a trajectory: name it as evidence (report: FILE)")
}

// patchKeys hold the patch in the files that evaluations read: SWE-bench's and
// Multi-SWE-bench's.
var patchKeys = []string{"model_patch", "fix_patch"}

// isPrediction says that root is a patch to be judged, or an object of such by
// instance, as mini-swe-agent's preds.json is.
func isPrediction(root pyjson.Value) bool {
	if root.Kind() != pyjson.KindObject {
		return false
	}
	if holdsPatch(root) {
		return true
	}
	for _, value := range root.Members() {
		return holdsPatch(value)
	}
	return false
}

func holdsPatch(v pyjson.Value) bool {
	return slices.ContainsFunc(patchKeys, func(key string) bool {
		kind := v.Get(key).Kind()
		return kind == pyjson.KindText || kind == pyjson.KindNull
	})
}
