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
	"trainyard/format/regular"
)

// reportNames are the files that evaluations leave behind, as patterns. Other
// files are known by what they hold.
var reportNames = []string{
	"report.json", "*.report.json", "*-report.json", // SWE-bench and what follows it; OpenHands V1; sb-cli
	"*.swebench_eval.jsonl", // OpenHands V0
	"preds.json", "all_preds.jsonl",
	"result.json", "reward.txt", "reward.json", // Harbor
	"eval_results.jsonl", "*.eval.json", "*" + failuresSuffix, // Hybrid-Gym's graders
}

// IsReport says that a record is one of an evaluation's report: its file is called
// as evaluations call theirs, and it says something of the kind.
func IsReport(path string, record pyjson.Value) bool {
	if !isReportName(filepath.Base(path)) {
		return false
	}
	r := newReports(path)
	r.take(path, record)
	return !r.empty()
}

// isReportName says that evaluations write files of such a name.
func isReportName(name string) bool { return matchesAny(reportNames, name) }

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, _ := filepath.Match(pattern, name)
		return ok
	})
}

func (r *reports) load() error {
	info, err := os.Stat(r.path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return r.loadDir()
	case !info.Mode().IsRegular():
		return regular.Check(r.path, info)
	}
	r.dir = absolute(r.path)
	return r.loadFile(r.path)
}

// loadDir reads every report below the directory: files named as reports are,
// and others that hold verdicts and no conversation.
func (r *reports) loadDir() error {
	r.dir = absolute(r.path)
	err := filepath.WalkDir(r.path, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return skipDir(r.path, path, entry.Name())
		case isReportName(entry.Name()):
			return r.loadFile(path)
		case looksLikeReport(path, entry):
			return r.loadFile(path)
		}
		r.inPlace = r.inPlace || gradedInPlace(path)
		return nil
	})
	if err == nil && len(r.files) == 0 && !r.inPlace {
		err = fmt.Errorf("%s: no report below this directory: none of %s, and no other file with verdicts by id", r.path, strings.Join(reportNames, ", "))
	}
	return err
}

// skipDir leaves out directories without verdicts: a log of every model call
// is large, and what is hidden is not for us.
func skipDir(root, path, name string) error {
	if path != root && (name == "llm_completions" || strings.HasPrefix(name, ".")) {
		return fs.SkipDir
	}
	return nil
}

func (r *reports) loadFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	raw, err := regular.ReadFile(path)
	if err != nil {
		return err
	}
	file := format.FileOf(path, info)
	file.Size = int64(len(raw))
	r.files = append(r.files, file)
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	switch filepath.Ext(path) {
	case ".txt", ".csv", ".tsv":
		return r.takeTable(path, raw)
	case ".jsonl":
		return r.loadLines(path, raw)
	}
	if err := r.loadDocument(path, raw); err != nil {
		return fmt.Errorf("%s: not JSON: %w", path, err)
	}
	return nil
}

func (r *reports) loadLines(path string, raw []byte) error {
	n := 0
	for line := range bytes.Lines(raw) {
		if n++; len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := r.loadDocument(path, line); err != nil {
			return fmt.Errorf("%s:%d: not JSON: %w", path, n, err)
		}
	}
	return nil
}

func (r *reports) loadDocument(path string, document []byte) error {
	return pyjson.WithIndex(document, func(root pyjson.Value) error {
		r.take(path, root)
		return nil
	})
}
