package edit

import (
	"slices"

	"trainyard/format"
	"trainyard/format/behaviour"
)

var cutAfterLastEdit = Edit{
	Name:    "cut_after_last_edit",
	Summary: "end a trajectory with the step that last wrote a file",
	Limits:  "trajectories that write no file stay whole",
	prepare: counts(func(t *format.Trajectory) int {
		steps := behaviour.Steps(t)
		for i := len(steps) - 1; i >= 0; i-- {
			if end := steps[i].Message + 1; slices.ContainsFunc(steps[i].Actions, writesFile) {
				cut := count(end < len(t.Messages))
				t.Messages = t.Messages[:end:end]
				return cut
			}
		}
		return 0
	}),
}

func writesFile(a behaviour.Action) bool { return len(a.Effect.Writes) > 0 }
