package evidence

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// verdictFields are the members in which datasets and scaffolds keep an
// evaluation's verdict. exit_status is none: it says how a run ended.
var verdictFields = []string{
	"resolved", "report.resolved", "test_result.report.resolved", // SWE-Gym, OpenHands after evaluation
	"target", "reward", "verified", // nebius, R2E-Gym and CoderForge, others
}

// A Clue is evidence that could judge a record, and what it says about it.
type Clue struct {
	Accept  Accept
	Verdict Verdict
}

// Clues lists the verdicts that stand inside a record, those that settle
// nothing included. It is for people who ask what accept: could name: no
// record is ever judged by evidence that its source does not name.
func Clues(rec format.Record, t *format.Trajectory) []Clue {
	var clues []Clue
	for _, field := range verdictFields {
		present := false
		keys := strings.Split(field, ".")
		// A path that cannot be followed leads to no verdict.
		_ = descend(member(t, rec, keys[0]), keys[1:], func(pyjson.Value) { present = true })
		if !present {
			continue
		}
		if v, err := judgeField(field).Judge(rec, t); err == nil {
			clues = append(clues, Clue{Accept{Field: field}, v})
		}
	}
	return clues
}

// reportPlaces are where evaluations are found from a trajectory's directory
// or one of the two above it.
var reportPlaces = append([]string{"run_evaluation", "eval_outputs", "logs", "verifier"}, reportNames...)

// Reports lists the files and directories near a source that hold verdicts,
// nearest first: what accept: {report: …} could name. Where reports lie among
// the records of a directory, further down, the directory itself is one.
func Reports(path string) []string {
	var found []string
	if path == format.Stdin {
		return nil
	}
	dir := path
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		dir = filepath.Dir(path)
	}
	for i := range 3 {
		for _, place := range reportPlaces {
			matches, _ := filepath.Glob(filepath.Join(dir, place))
			found = append(found, matches...)
		}
		if i == 0 && dir == path && len(found) == 0 {
			found = append(found, path)
		}
		dir = filepath.Dir(dir)
	}
	return slices.DeleteFunc(found, func(path string) bool {
		_, err := judgeReport(path)
		return err != nil
	})
}
