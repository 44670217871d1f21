package format

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// reports are the verdicts of a harness.
type reports struct {
	path      string
	files     []File
	verdicts  map[string]Verdict // by instance id
	trials    map[string]Verdict // by the directory of a Harbor trial, absolute
	predicted map[string]string  // instances with a prediction, and where it says so
}

func newReports(path string) *reports {
	return &reports{path: path, verdicts: map[string]Verdict{}, trials: map[string]Verdict{}, predicted: map[string]string{}}
}

func (r *reports) empty() bool { return len(r.verdicts)+len(r.trials)+len(r.predicted) == 0 }

// judgeReport reads evaluation reports once: one file, or every report below
// a directory. See reportNames for the files and take for their shapes.
//
// An instance that two files disagree about is unknown.
func judgeReport(path string) (*Judge, error) {
	r := newReports(path)
	if err := r.load(); err != nil {
		return nil, fmt.Errorf("accept report: %w", err)
	}
	if len(r.verdicts)+len(r.trials) == 0 {
		return nil, fmt.Errorf("accept report: %s: no verdict on any instance: neither resolved, nor instances by id, nor resolved_ids, nor rewards", path)
	}
	return &Judge{judge: r.judge, files: r.files}, nil
}

// reportNames are the files that evaluations leave behind, as patterns.
var reportNames = []string{
	"report.json", "*.report.json", "*-report.json", // SWE-bench and what follows it; OpenHands V1; sb-cli
	"*.swebench_eval.jsonl", // OpenHands V0
	"preds.json", "all_preds.jsonl",
	"result.json", "reward.txt", "reward.json", // Harbor
}

func isReport(name string) bool {
	return slices.ContainsFunc(reportNames, func(pattern string) bool {
		ok, _ := filepath.Match(pattern, name)
		return ok
	})
}

// refuseReport knows an evaluation's report among the records by its name and
// shape, so that it is not taken for a format nobody knows. A record that a
// dialect claims is one, whatever its file is called.
func refuseReport(rec Record, root value) error {
	if !isReport(filepath.Base(rec.File)) {
		return nil
	}
	r := newReports(rec.File)
	r.take(rec.File, root)
	if r.empty() || slices.ContainsFunc(Names(), func(name string) bool { return Dialects[name].claim(rec, root) > notMine }) {
		return nil
	}
	return reject(ReportFile, "a report of verdicts, not a trajectory: name it as evidence (report: FILE)")
}

func (r *reports) load() error {
	info, err := os.Stat(r.path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return r.loadFile(r.path)
	}
	found := false
	err = filepath.WalkDir(r.path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isReport(entry.Name()) {
			return err
		}
		found = true
		return r.loadFile(path)
	})
	if err == nil && !found {
		err = fmt.Errorf("%s: no report below this directory: none of %s", r.path, strings.Join(reportNames, ", "))
	}
	return err
}

func (r *reports) loadFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	r.files = append(r.files, File{Path: path, Size: int64(len(raw)), ModTime: info.ModTime()})
	if filepath.Base(path) == "reward.txt" {
		r.takeRewardText(path, string(raw))
		return nil
	}
	if filepath.Ext(path) != ".jsonl" {
		if err := r.loadDocument(path, raw); err != nil {
			return fmt.Errorf("%s: not JSON: %w", path, err)
		}
		return nil
	}
	for i, line := range bytes.Split(raw, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := r.loadDocument(path, line); err != nil {
			return fmt.Errorf("%s:%d: not JSON: %w", path, i+1, err)
		}
	}
	return nil
}

func (r *reports) loadDocument(path string, document []byte) error {
	return withIndex(document, func(root value) error {
		r.take(path, root)
		return nil
	})
}

func (r *reports) add(id string, outcome Outcome, evidence string) {
	settle(r.verdicts, id, Verdict{outcome, evidence})
}

// settle keeps a verdict, unless another one says otherwise.
func settle(verdicts map[string]Verdict, key string, v Verdict) {
	if before, ok := verdicts[key]; ok && before.Outcome != v.Outcome {
		v = Verdict{Unknown, fmt.Sprintf("reports disagree: %s, %s", before.Evidence, v.Evidence)}
	}
	verdicts[key] = v
}

// judge looks for the trial that a record's file lies in, then for its
// instance: by id, and without the attempt number that some datasets append
// (owner__name-123_4).
func (r *reports) judge(rec Record, t *Trajectory) (Verdict, error) {
	if v, ok := r.trialOf(rec.File); ok {
		return v, nil
	}
	if t.InstanceID == "" {
		return Verdict{Unknown, fmt.Sprintf("the record names no instance to look up in %s", r.path)}, nil
	}
	for _, id := range []string{t.InstanceID, withoutAttempt(t.InstanceID)} {
		if v, ok := r.verdicts[id]; ok {
			return v, nil
		}
		if path, ok := r.predicted[id]; ok {
			return Verdict{Unknown, fmt.Sprintf("%s holds a patch for %s, but no report says whether it works", path, id)}, nil
		}
	}
	return Verdict{Unknown, fmt.Sprintf("no report on %s in %s", t.InstanceID, r.path)}, nil
}

func withoutAttempt(id string) string {
	if m := sweBenchID.FindStringSubmatch(id); m != nil {
		return strings.TrimSuffix(id, m[3])
	}
	return id
}
