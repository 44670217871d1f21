package sweep

import (
	"slices"
	"time"

	"trainyard/launch"
)

// A State is what has become of a cell.
type State string

// The states of a cell.
const (
	Missing   State = "missing"   // there is neither a run nor its dataset
	Prepared  State = "prepared"  // its dataset is there
	Running   State = "running"   // a run goes on, or waits to
	Succeeded State = "succeeded" // a run has succeeded
	Failed    State = "failed"    // no run has succeeded, and none goes on
	Stopped   State = "stopped"   // a rule ended it
	Lost      State = "lost"      // its run is out of sight and may still go on
	Waits     State = "waits"     // its stage has not begun: which variants go on is not known
	Out       State = "out"       // another variant has gone on to its stage
)

// States are all of them, in the order in which counts are told: what is done first.
var States = []State{Succeeded, Running, Failed, Stopped, Lost, Prepared, Missing, Waits, Out}

// Ended reports whether nothing more becomes of the cell by itself.
func (s State) Ended() bool {
	return s == Succeeded || s == Failed || s == Stopped || s == Lost || s == Out
}

// Told is how a run says, in its history, that a rule ended it.
const Told = "stopped by a rule: "

// Standing is the state of a cell by its runs, and the run that decides: one that
// succeeded before one that goes on, before one that is lost, and else the newest.
// stopped reports whether a rule ended a run.
func Standing(runs []launch.Run, prepared bool, stopped func(launch.Run) bool, now time.Time) (State, *launch.Run) {
	for _, want := range []struct {
		state State
		is    func(launch.Run) bool
	}{
		{Succeeded, func(r launch.Run) bool { return r.State == launch.Succeeded }},
		{Running, func(r launch.Run) bool { return !r.State.Ended() || waits(r, now) }},
		{Lost, func(r launch.Run) bool { return r.State == launch.Lost }},
	} {
		if i := slices.IndexFunc(runs, want.is); i >= 0 {
			return want.state, &runs[i]
		}
	}
	switch {
	case len(runs) > 0 && stopped(runs[0]):
		return Stopped, &runs[0]
	case len(runs) > 0:
		return Failed, &runs[0]
	case prepared:
		return Prepared, nil
	}
	return Missing, nil
}

// Patience is how long a run that ended is waited for that may have another attempt.
const Patience = 2 * time.Minute

// waits reports whether a run is about to have its next attempt by itself.
func waits(r launch.Run, now time.Time) bool {
	return r.State == launch.Preempted && r.N < r.Job.Attempts && now.Sub(r.EndedAt) < Patience
}

// A Try is one attempt of a run.
type Try struct {
	Run string
	N   int
}

// May reports whether a cell in this state is to be started. before are the newest
// attempts that had failed when the sweep was asked to run: those have another chance
// now, while one that fails meanwhile is left, or two that run a sweep would take turns
// with it. Asking again gives it another one.
func May(s State, run *launch.Run, before map[Try]bool) bool {
	switch s {
	case Missing, Prepared:
		return true
	case Failed:
		return before[Try{run.ID, run.N}] || run.NeverStarted()
	}
	return false
}
