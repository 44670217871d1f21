package behaviour

// How a trajectory came to its final test run, in the words of the data that was
// kept for SWE-Next (card of TIGER-Lab/SWE-Next-SFT-Trajectories): a clean success
// edits code and passes throughout, a recovery passes after an earlier failing
// test.
const (
	CleanSuccess    = "clean"
	RecoverySuccess = "recovery"
)

// verified looks at the runs of tests that were answered. The final one must pass
// and stand behind the last edit of a source file, or it verifies something else.
func verified(steps []Step) string {
	failed, passes, edited := false, false, false
	for _, s := range steps {
		for _, a := range s.Actions {
			switch {
			case a.Effect.source:
				edited, passes = true, false
			case !a.Effect.tests || !a.answered:
			case hasFailed(a.result):
				failed, passes = true, false
			default:
				passes = true
			}
		}
	}
	switch {
	case !passes:
		return ""
	case failed:
		return RecoverySuccess
	case edited:
		return CleanSuccess
	}
	return ""
}
