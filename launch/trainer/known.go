package trainer

import (
	"embed"
	"maps"
	"slices"
	"strings"

	"trainyard/launch"
)

// keys has the settings of trainers whose own parser reads over a name that it does
// not have, a name on a line, from the versions that launch/env pins.
//
//go:embed keys/*.txt
var keys embed.FS

// Overlooked are the native settings of a job that its trainer has no such name for,
// and would leave out without a word. It is empty for trainers that refuse such
// names themselves. Settings of a plugin that is not our own are among them too.
func Overlooked(job launch.Job) (names []string) {
	text, err := keys.ReadFile("keys/" + job.Trainer + ".txt")
	if err != nil {
		return nil
	}
	known := map[string]bool{}
	for name := range strings.Lines(string(text)) {
		known[strings.TrimSpace(name)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(job.Params)) {
		if !known[name] {
			names = append(names, name)
		}
	}
	return names
}
