package dialect

import (
	"cmp"
	"context"
	"path/filepath"
	"regexp"
	"slices"

	"trainyard/format"
	"trainyard/format/container"
)

// completionName is how OpenHands names the log of one model call: the model
// and time.time(), in V1 four random digits after them.
var completionName = regexp.MustCompile(`-(\d{9,}(?:\.\d+)?)(?:-[0-9a-f]{4})?\.json(?:\.gz|\.zst)?$`)

// A unit is what is read as one: a file, or the files of a folder.
type unit struct {
	files []format.File
	read  func(*Source, context.Context, []format.File, func(format.Record) error) error
}

// units groups the files of folders that are read as one: llm_completions
// folders, one per instance, the events of a conversation, and the logs of
// Qwen-Code, whatever else lies beside them. For auto the first lie in
// llm_completions, or all their files are named as such logs are. The units
// stand in order of their first files.
func units(files []format.File, format string) []unit {
	var list []unit
	for _, group := range folders(files) {
		switch {
		case areCompletions(group, format):
			list = append(list, unit{group, (*Source).readFolder})
		case areEvents(group) && (format == Auto || format == openhandsSDK.Name):
			list = append(list, unit{group, (*Source).readConversation})
		case isQwenLogName(group[0].Path) && (format == Auto || format == qwenCode.Name):
			list = append(list, unit{group, (*Source).readQwenLogs})
		default:
			for i := range group {
				list = append(list, unit{group[i : i+1], (*Source).readFile})
			}
		}
	}
	slices.SortFunc(list, func(a, b unit) int { return cmp.Compare(a.files[0].Path, b.files[0].Path) })
	return list
}

// folders puts the files of each directory together, logs of Qwen-Code apart
// from the others. Neither are neighbours by path alone: another name sorts
// between two logs, a directory's between two of the files beside it.
func folders(files []format.File) [][]format.File {
	type folder struct {
		dir  string
		logs bool
	}
	var list [][]format.File
	at := map[folder]int{}
	for _, f := range files {
		key := folder{filepath.Dir(f.Path), isQwenLogName(f.Path)}
		i, ok := at[key]
		if !ok {
			i = len(list)
			at[key], list = i, append(list, nil)
		}
		list[i] = append(list[i], f)
	}
	return list
}

func areCompletions(files []format.File, formatName string) bool {
	if slices.ContainsFunc(files, func(f format.File) bool { return container.KindOf(f.Path) != container.JSON }) {
		return false
	}
	switch {
	case formatName == completions.Name:
		return true
	case formatName != Auto:
		return false
	case filepath.Base(filepath.Dir(filepath.Dir(files[0].Path))) == "llm_completions":
		return true
	}
	return !slices.ContainsFunc(files, func(f format.File) bool { return !completionName.MatchString(f.Path) })
}

// readFile reads a file that is none of a folder's.
func (s *Source) readFile(ctx context.Context, files []format.File, yield func(format.Record) error) error {
	return s.feed.ReadFile(ctx, files[0], yield)
}
