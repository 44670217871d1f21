package evidence

import (
	"fmt"
	"path/filepath"
	"strings"

	"trainyard/format"
	"trainyard/format/verdict"
)

// reports are the verdicts of a harness.
type reports struct {
	path      string
	dir       string // path, absolute, where it is a directory or the records' own file
	files     []format.File
	verdicts  map[string]Verdict // by instance, task or trajectory id
	trials    map[string]Verdict // by the directory of a trial, absolute
	predicted map[string]string  // instances with a prediction, and where it says so
	failures  map[string]string  // lists of failures, by the records' file they belong to
	named     map[string]Verdict // by the name of a trial's directory
	inPlace   bool               // records lie here that may have been graded in place
	anyList   bool               // there is a list of ids whose name does not say of which
}

// newReports makes an empty collection, which take fills. path is what the caller
// named.
func newReports(path string) *reports {
	return &reports{
		path: path, verdicts: map[string]Verdict{}, trials: map[string]Verdict{},
		predicted: map[string]string{}, failures: map[string]string{}, named: map[string]Verdict{},
	}
}

// empty says that nothing was learnt, not even that there is a prediction.
func (r *reports) empty() bool { return r.silent() && len(r.predicted) == 0 }

// silent says that there is no verdict.
func (r *reports) silent() bool {
	return len(r.verdicts)+len(r.trials)+len(r.failures) == 0
}

// judgeReport reads evaluation reports once: one file, or every report below
// a directory. See Shapes and takeTable for what they look like.
//
// An instance that two files disagree about is unknown.
func judgeReport(path string) (*Judge, error) {
	r := newReports(path)
	if err := r.load(); err != nil {
		return nil, fmt.Errorf("accept report: %w", err)
	}
	if r.silent() && !r.inPlace {
		return nil, fmt.Errorf("accept report: %s: no verdict on any instance: %s", path, knownShapes)
	}
	return &Judge{judge: r.judge, files: r.files}, nil
}

const knownShapes = "neither rows with an id and a verdict (resolved, success, …), nor lists of ids (resolved_ids, …), nor verdicts by id, nor rewards"

func (r *reports) add(id string, v Verdict) {
	if id != "" {
		settle(r.verdicts, id, v)
	}
}

// settle keeps a verdict, unless another one says otherwise.
func settle(verdicts map[string]Verdict, key string, v Verdict) {
	if before, ok := verdicts[key]; ok && before.Outcome != v.Outcome {
		v = Verdict{Unknown, fmt.Sprintf("reports disagree: %s, %s", before.Evidence, v.Evidence)}
	}
	verdicts[key] = v
}

// judge looks at the verdict that a grader wrote into the record itself, where
// the report is the directory that the record lies in; then for the trial that
// its file lies in; then for its ids.
func (r *reports) judge(rec format.Record, t *format.Trajectory) (Verdict, error) {
	reported := r.reported(rec, t)
	own, graded := r.ownVerdict(rec, t)
	if !graded {
		return reported, nil
	}
	if reported.Outcome != Unknown && reported.Outcome != own.Outcome {
		return Verdict{Unknown, fmt.Sprintf("reports disagree: %s, %s", own.Evidence, reported.Evidence)}, nil
	}
	return own, nil
}

func (r *reports) reported(rec format.Record, t *format.Trajectory) Verdict {
	if v, ok := r.trialOf(rec.File); ok {
		return v
	}
	for _, id := range idsOf(t) {
		if v, ok := r.verdicts[id]; ok {
			return v
		}
		if path, ok := r.predicted[id]; ok {
			return Verdict{Unknown, fmt.Sprintf("%s holds a patch for %s, but no report says whether it works", path, id)}
		}
	}
	if v, ok := r.notAmongFailures(rec, t); ok {
		return v
	}
	if t.InstanceID == "" {
		return Verdict{Unknown, fmt.Sprintf("the record names no instance to look up in %s", r.path)}
	}
	return Verdict{Unknown, fmt.Sprintf("no report on %s in %s", t.InstanceID, r.path)}
}

// idsOf are the ids by which a report may know a trajectory: its own, its
// instance's, and that without the attempt number that some datasets append
// (owner__name-123_4).
func idsOf(t *format.Trajectory) []string {
	ids := []string{t.ID}
	if t.InstanceID != "" {
		ids = append(ids, t.InstanceID, format.WithoutAttempt(t.InstanceID))
	}
	return ids
}

// ownVerdict is what a grader wrote into a record that lies where the reports
// do. Elsewhere the record's members have no say: the source names a report.
func (r *reports) ownVerdict(rec format.Record, t *format.Trajectory) (v Verdict, graded bool) {
	if r.dir == "" || !inside(r.dir, absolute(rec.File)) {
		return v, false
	}
	for _, field := range verdict.Fields {
		if v, _ = verdictAt(field, rec, t); v.Outcome != Unknown {
			return v, true
		}
	}
	return v, false
}

func inside(dir, path string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// absolute is a path that two spellings of one file share.
func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return abs
}
