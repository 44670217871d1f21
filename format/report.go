package format

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// reports are the verdicts of a harness by instance id.
type reports struct {
	path     string
	verdicts map[string]Verdict
}

// judgeReport reads evaluation reports once: one file, or every report.json
// below a directory. A file is one of
//
//	{"resolved": true, …}                 one instance, the directory's name its id
//	{"ID": {"resolved": true, …}, …}      instances by id
//	{"resolved_ids": […], "unresolved_ids": […], …}    a run's summary
//	{"ids_resolved": […], "ids_unresolved": […], …}    SWE-smith's, where resolved is a count
//
// An instance that two files disagree about is unknown.
func judgeReport(path string) (*Judge, error) {
	r := &reports{path: path, verdicts: map[string]Verdict{}}
	if err := r.load(); err != nil {
		return nil, fmt.Errorf("accept report: %w", err)
	}
	if len(r.verdicts) == 0 {
		return nil, fmt.Errorf("accept report: %s: no verdict on any instance: neither resolved, nor instances by id, nor resolved_ids", path)
	}
	return &Judge{r.judge}, nil
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
		if err != nil || entry.IsDir() || entry.Name() != "report.json" {
			return err
		}
		found = true
		return r.loadFile(path)
	})
	if err == nil && !found {
		err = fmt.Errorf("%s: no report.json below this directory", r.path)
	}
	return err
}

func (r *reports) loadFile(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	err = withIndex(raw, func(root value) error {
		r.take(path, root)
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: not JSON: %w", path, err)
	}
	return nil
}

func (r *reports) take(path string, root value) {
	if ids := root.get("ids_resolved"); ids.kind() == kindArray {
		r.takeIDs(path, ids, Accepted)
		r.takeIDs(path, root.get("ids_unresolved"), Refused)
		return
	}
	if resolved := root.get("resolved"); resolved.kind() != kindMissing {
		r.add(filepath.Base(filepath.Dir(path)), outcomeOf(resolved), path)
		return
	}
	if ids := root.get("resolved_ids"); ids.kind() == kindArray {
		r.takeIDs(path, ids, Accepted)
		r.takeIDs(path, root.get("unresolved_ids"), Refused)
		r.takeIDs(path, root.get("error_ids"), Refused)
		r.takeIDs(path, root.get("empty_patch_ids"), Refused)
		return
	}
	for name, member := range root.members() {
		if resolved := member.get("resolved"); resolved.kind() != kindMissing {
			r.add(name.text(), outcomeOf(resolved), path)
		}
	}
}

func (r *reports) takeIDs(path string, ids value, outcome Outcome) {
	for _, id := range ids.elements() {
		r.add(id.text(), outcome, path)
	}
}

func (r *reports) add(id string, outcome Outcome, path string) {
	v := Verdict{outcome, fmt.Sprintf("%s says %s", path, outcome)}
	if before, ok := r.verdicts[id]; ok && before.Outcome != outcome {
		v = Verdict{Unknown, fmt.Sprintf("reports disagree: %s, %s", before.Evidence, v.Evidence)}
	}
	r.verdicts[id] = v
}

// judge looks the instance up, and without the attempt number that some
// datasets append (owner__name-123_4) where the id itself is not there.
func (r *reports) judge(_ Record, t *Trajectory) (Verdict, error) {
	if t.InstanceID == "" {
		return Verdict{Unknown, fmt.Sprintf("the record names no instance to look up in %s", r.path)}, nil
	}
	if v, ok := r.verdicts[t.InstanceID]; ok {
		return v, nil
	}
	if v, ok := r.verdicts[withoutAttempt(t.InstanceID)]; ok {
		return v, nil
	}
	return Verdict{Unknown, fmt.Sprintf("no report on %s in %s", t.InstanceID, r.path)}, nil
}

func withoutAttempt(id string) string {
	if m := sweBenchID.FindStringSubmatch(id); m != nil {
		return strings.TrimSuffix(id, m[3])
	}
	return id
}
