package dialect

import (
	"path/filepath"
	"slices"

	"trainyard/format"
	"trainyard/format/evidence"
	"trainyard/format/pyjson"
)

// refuseReport knows an evaluation's report among the records by its name and
// shape, so that it is not taken for a format nobody knows. A record that a
// dialect claims is one, whatever its file is called.
func refuseReport(rec format.Record, root pyjson.Value) error {
	if !evidence.IsReport(filepath.Base(rec.File)) {
		return nil
	}
	r := evidence.NewReports(rec.File)
	r.Take(rec.File, root)
	if r.Empty() || slices.ContainsFunc(Names(), func(name string) bool { return Dialects[name].claim(rec, root) > notMine }) {
		return nil
	}
	return format.Rejectf(format.ReportFile, "a report of verdicts, not a trajectory: name it as evidence (report: FILE)")
}
