package recipes

import (
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format/evidence"
)

// samplesPrefix marks a path among the built-in sample trajectories.
const samplesPrefix = "samples:"

// Resolve turns a path of the recipe (a source's path or report) into one to
// open. In this order: "samples:REST" lies in samplesDir; an absolute path
// stays; with a dataDir, the rest is relative to it; without one, to the
// directory of the recipe's own file, also where a parent said the path; and
// for a built-in, to the working directory. Nothing is looked up, so a path
// never means two things depending on what exists. dataDir may be empty.
func (r *Recipe) Resolve(path, dataDir, samplesDir string) string {
	if rest, ok := strings.CutPrefix(path, samplesPrefix); ok {
		return filepath.Join(samplesDir, filepath.FromSlash(rest))
	}
	if filepath.IsAbs(path) {
		return path
	}
	if dataDir == "" {
		dataDir = r.Dir
	}
	return filepath.Join(dataDir, filepath.FromSlash(path))
}

// Beside turns the path of a file that belongs to the recipe itself (tool
// prompt, system text, tool list, a file that an edit names) into one to
// open. Such files are not data, so where the data lies does not matter.
func (r *Recipe) Beside(path, samplesDir string) string { return r.Resolve(path, "", samplesDir) }

// UsesSamples reports whether any path lies among the sample trajectories, so
// that a caller knows to unpack them.
func (r *Recipe) UsesSamples() bool {
	return slices.ContainsFunc(r.paths(), func(path string) bool { return strings.HasPrefix(path, samplesPrefix) })
}

// paths are all the files that the recipe names, as it spells them.
func (r *Recipe) paths() []string {
	edits, all := slices.Clone(r.Edits), append([]string{r.Tools.Prompt}, r.Decontaminate.Files...)
	for _, s := range r.Sources {
		all = append(append(all, s.Path...), s.Accept.Report, s.System, s.Tools, s.Main.System, s.Main.Tools, s.Subagent.System, s.Subagent.Tools, s.Instance)
		all = append(all, keepFiles(s.Keep)...)
		edits = append(edits, s.Edits...)
	}
	for _, e := range edits {
		file, _ := e.Args["file"].(string)
		all = append(all, file)
	}
	return all
}

// keepFiles are the lists that a source's keep names, as it spells them.
func keepFiles(keep string) []string {
	f, err := evidence.NewFilter(keep, nil)
	if err != nil {
		return nil // none given, or told as a fault of the expression
	}
	return f.Files()
}
