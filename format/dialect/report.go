package dialect

import (
	"slices"

	"trainyard/format"
	"trainyard/format/evidence"
	"trainyard/format/pyjson"
)

// refuseReport knows an evaluation's report among the records by what it holds
// or by its name, so that it is not taken for an unknown format. A record
// that a dialect claims is one, whatever its file is called.
func refuseReport(rec format.Record, root pyjson.Value) error {
	if !evidence.Speaks(root) && !evidence.IsReport(rec.File, root) {
		return nil
	}
	if slices.ContainsFunc(Names(), func(name string) bool { return Dialects[name].claim(rec, root) > notMine }) {
		return nil
	}
	return format.Rejectf(format.ReportFile, "a report of verdicts, not a trajectory: name it as evidence (report: FILE)")
}
