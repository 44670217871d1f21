package task

import "testing"

func TestTheDirectoryOfAnAttemptTellsWhichItIs(t *testing.T) {
	const run = "7d0ae6a4-7a2f-4f4a-8f2b-6d3f0a9f1c11"
	for dir, want := range map[string]struct {
		name string
		isID bool
		n    int
	}{
		"/home/runs/" + run + "/" + AttemptDir(1): {run, true, 1},
		run + "/" + AttemptDir(9999):              {run, true, 9999},
		"/runs/RUN/" + AttemptDir(12):             {"RUN", false, 12},
		"/runs/RUN/attempt-01":                    {"RUN", false, 0},
		"/runs/" + run + "x/attempt-0":            {run + "x", false, 0},
		"/runs/RUN/fetched":                       {"RUN", false, 0},
	} {
		name, isID := RunOf(dir)
		if n := AttemptOf(dir); name != want.name || isID != want.isID || n != want.n {
			t.Errorf("%s: run %q, an id: %v; attempt %d", dir, name, isID, n)
		}
	}
}
