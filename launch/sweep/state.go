package sweep

import (
	"slices"
	"time"

	"trainyard/launch"
)

// A State is what has become of a cell.
type State string

// The states of a cell; [Meanings] says what they are.
const (
	Missing   State = "missing"
	Prepared  State = "prepared"
	Waits     State = "waits"
	Out       State = "out"
	Running   State = "running"
	Succeeded State = "succeeded"
	Failed    State = "failed"
	Cancelled State = "cancelled"
	Stopped   State = "stopped"
	Lost      State = "lost"
)

// States are all of them, in the order in which counts are told: what is done first.
var States = []State{Succeeded, Running, Failed, Cancelled, Stopped, Lost, Prepared, Missing, Waits, Out}

// Meanings say what each state is.
var Meanings = map[State]string{
	Missing:   "there is neither a run nor its dataset",
	Prepared:  "its dataset is there, and no run",
	Waits:     "which variants go on to its stage is not known yet",
	Out:       "its variant did not go on to its stage: it is not run",
	Running:   "a run goes on, or is about to",
	Succeeded: "a run has succeeded",
	Failed:    "its run has failed: it is retried when the sweep is run again",
	Cancelled: "a person ended its run: it is retried when the sweep is run again",
	Stopped:   "a rule ended its run, which is an end as meant: it is not run again",
	Lost:      "its run is out of sight and may still go on",
}

// Ended reports whether nothing more becomes of the cell by itself.
func (s State) Ended() bool {
	return s == Succeeded || s == Stopped || s == Lost || s == Out || s.Again()
}

// Again reports whether the cell has an attempt that came to nothing, and is tried again
// when the sweep is run again.
func (s State) Again() bool { return s == Failed || s == Cancelled }

// AsMeant reports whether a sweep may end with a cell in this state and be done.
func (s State) AsMeant() bool { return s == Succeeded || s == Stopped || s == Out }

// Standing is the state of a cell by its runs, and the run that decides: one that
// succeeded before one that goes on, before one that is lost, and else the newest.
func Standing(runs []launch.Run, prepared bool, now time.Time) (State, *launch.Run) {
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
	case len(runs) > 0 && runs[0].Verdict != "":
		return Stopped, &runs[0]
	case len(runs) > 0 && runs[0].State == launch.Cancelled:
		return Cancelled, &runs[0]
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
	case Failed, Cancelled:
		return before[Try{run.ID, run.N}] || run.NeverStarted
	}
	return false
}
