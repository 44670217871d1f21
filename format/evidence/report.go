package evidence

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// reports are the verdicts of a harness.
type reports struct {
	path      string
	files     []format.File
	verdicts  map[string]Verdict // by instance id
	trials    map[string]Verdict // by the directory of a Harbor trial, absolute
	predicted map[string]string  // instances with a prediction, and where it says so
}

func NewReports(path string) *reports {
	return &reports{path: path, verdicts: map[string]Verdict{}, trials: map[string]Verdict{}, predicted: map[string]string{}}
}

func (r *reports) Empty() bool { return len(r.verdicts)+len(r.trials)+len(r.predicted) == 0 }

// judgeReport reads evaluation reports once: one file, or every report below
// a directory. See reportNames for the files and take for their shapes.
//
// An instance that two files disagree about is unknown.
func judgeReport(path string) (*Judge, error) {
	r := NewReports(path)
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

func IsReport(name string) bool {
	return slices.ContainsFunc(reportNames, func(pattern string) bool {
		ok, _ := filepath.Match(pattern, name)
		return ok
	})
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
		if err != nil || entry.IsDir() || !IsReport(entry.Name()) {
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
	r.files = append(r.files, format.File{Path: path, Size: int64(len(raw)), ModTime: info.ModTime()})
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
	return pyjson.WithIndex(document, func(root pyjson.Value) error {
		r.Take(path, root)
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
func (r *reports) judge(rec format.Record, t *format.Trajectory) (Verdict, error) {
	if v, ok := r.trialOf(rec.File); ok {
		return v, nil
	}
	if t.InstanceID == "" {
		return Verdict{Unknown, fmt.Sprintf("the record names no instance to look up in %s", r.path)}, nil
	}
	for _, id := range []string{t.InstanceID, format.WithoutAttempt(t.InstanceID)} {
		if v, ok := r.verdicts[id]; ok {
			return v, nil
		}
		if path, ok := r.predicted[id]; ok {
			return Verdict{Unknown, fmt.Sprintf("%s holds a patch for %s, but no report says whether it works", path, id)}, nil
		}
	}
	return Verdict{Unknown, fmt.Sprintf("no report on %s in %s", t.InstanceID, r.path)}, nil
}
