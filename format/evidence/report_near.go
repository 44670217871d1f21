package evidence

import (
	"os"
	"path/filepath"
	"slices"

	"trainyard/format"
)

// reportPlaces are the names, as patterns, of the directories in which
// evaluations lie, seen from a trajectory's directory or one of the two above.
var reportPlaces = []string{"*eval*", "logs", "verifier", "*report*", "*result*", "grad*", "*verdict*"}

// Reports lists the files and directories near a source that hold verdicts,
// nearest first and each once: what accept: {report: …} could name. They are
// known by their names or by what they hold. Where reports lie among the
// records of a directory, further down, the directory itself is one.
func Reports(path string) []string {
	if path == format.Stdin {
		return nil
	}
	dir := path
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		dir = filepath.Dir(path)
	}
	var found []string
	for i := range 3 {
		found = append(found, reportsIn(dir, path)...)
		if i == 0 && dir == path && len(found) == 0 && reportsAmong(path) {
			found = append(found, path)
		}
		above := filepath.Join(dir, "..")
		if absolute(above) == absolute(dir) {
			break // the root of the file system
		}
		dir = above
	}
	return found
}

// reportsIn lists the reports that lie in a directory, and the directories of
// reports. The records themselves are none.
func reportsIn(dir, records string) (found []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // what cannot be read holds nothing for us
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if absolute(path) != absolute(records) && offers(path, entry) {
			found = append(found, path)
		}
	}
	return found
}

func offers(path string, entry os.DirEntry) bool {
	if entry.IsDir() {
		return matchesAny(reportPlaces, entry.Name()) && reportsAmong(path)
	}
	if !isReportName(entry.Name()) && !maybeReport(path, entry) {
		return false
	}
	r := newReports(path)
	return r.load() == nil && !r.silent() && !r.anyList // a list of anything is not offered
}

// maybeReport says that a file is small enough and no conversation. Whether
// it has a verdict on any of the records is for them to say.
func maybeReport(path string, entry os.DirEntry) bool {
	info, err := entry.Info()
	known := slices.Contains([]string{".json", ".jsonl", ".csv", ".tsv"}, filepath.Ext(path))
	if err != nil || !known || !info.Mode().IsRegular() || info.Size() > maxUnnamedReport {
		return false
	}
	head, err := readHead(path, headSize)
	return err == nil && !holdsConversation(head)
}

// reportsAmong says that there is a report below a directory.
func reportsAmong(dir string) bool {
	r := newReports(dir)
	return r.load() == nil && !r.silent()
}
