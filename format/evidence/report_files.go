package evidence

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
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

// IsReport says that evaluations write files of such a name.
func IsReport(name string) bool { return matchesAny(reportNames, name) }

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
		return fmt.Errorf("%s is a pipe or a device, no file", r.path)
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
		case IsReport(entry.Name()):
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

// gradedInPlace says that a file holds records with their verdicts in them, of
// which those at its beginning tell, or is compressed and may.
func gradedInPlace(path string) bool {
	switch filepath.Ext(path) {
	case ".gz", ".zst":
		return strings.Contains(filepath.Base(path), ".jsonl")
	case ".jsonl":
	default:
		return false
	}
	head, err := readHead(path, maxUnnamedReport)
	if err != nil {
		return false
	}
	for line := range bytes.Lines(head) {
		graded := false
		// A line that is cut off, or no JSON, tells nothing.
		_ = pyjson.WithIndex(line, func(root pyjson.Value) error { graded = settled(root); return nil })
		if graded {
			return true
		}
	}
	return false
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
		r.Take(path, root)
		return nil
	})
}

// Reports of unknown names are looked for in files of such a size: that of a
// run over ten thousand instances is a tenth of it.
const maxUnnamedReport = 16 << 20

// headSize is enough of a file to tell a conversation by.
const headSize = 16 << 10

// looksLikeReport knows a report by what it holds. Of JSON lines the first
// tells.
func looksLikeReport(path string, entry fs.DirEntry) bool {
	info, err := entry.Info()
	extension := filepath.Ext(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxUnnamedReport || extension != ".json" && extension != ".jsonl" {
		return false
	}
	head, err := readHead(path, headSize)
	if err != nil || holdsConversation(head) {
		return false
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	if extension == ".jsonl" {
		raw, _, _ = bytes.Cut(raw, []byte("\n"))
	}
	speaks := false
	// What is no JSON is no report.
	_ = pyjson.WithIndex(raw, func(root pyjson.Value) error { speaks = Speaks(root); return nil })
	return speaks
}

func readHead(path string, size int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, size))
}

// holdsConversation looks for the names of members that records have and
// reports have not.
func holdsConversation(head []byte) bool {
	return slices.ContainsFunc(conversationMembers, func(name string) bool {
		return bytes.Contains(head, []byte(`"`+name+`"`))
	})
}
