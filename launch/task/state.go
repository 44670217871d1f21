package task

import "slices"

// A State is where an attempt stands. The state of a run is that of its
// newest attempt.
type State string

const (
	Pending   State = "pending"   // intended, in the ledger; nothing was asked of the backend
	Starting  State = "starting"  // one process holds the claim and is asking the backend
	Queued    State = "queued"    // the backend has it and has not started it: in a queue, or its box is being made
	Running   State = "running"   // the backend gave a handle and has not said otherwise
	Stopping  State = "stopping"  // its end was asked for; the trainer may still be saving
	Succeeded State = "succeeded" // the trainer ended by itself with code 0, and nothing shows that it ended early
	Failed    State = "failed"    // ended otherwise, or was never started
	Cancelled State = "cancelled" // ended on request
	Preempted State = "preempted" // ended by the platform that ran it; another attempt may go on from its checkpoint
	Lost      State = "lost"      // gone or out of sight without a word on how it ended
)

// moves is the whole state machine. Starting leads everywhere, since a process
// that adopts an attempt may find it in any condition. Lost is no dead end:
// a machine that could not be reached may answer later. Running leads back to
// Queued where a platform puts a job back into its queue.
var moves = map[State][]State{
	Pending:   {Starting, Failed, Cancelled},
	Starting:  {Queued, Running, Stopping, Succeeded, Failed, Cancelled, Preempted, Lost},
	Queued:    {Running, Stopping, Succeeded, Failed, Cancelled, Preempted, Lost},
	Running:   {Queued, Stopping, Succeeded, Failed, Cancelled, Preempted, Lost},
	Stopping:  {Succeeded, Failed, Cancelled, Preempted, Lost},
	Lost:      {Queued, Running, Succeeded, Failed, Cancelled, Preempted},
	Succeeded: nil,
	Failed:    nil,
	Cancelled: nil,
	Preempted: nil,
}

// May reports whether the state machine allows the step from s to next.
func (s State) May(next State) bool { return slices.Contains(moves[s], next) }

// Ended reports whether nothing of the attempt is expected to run any more.
func (s State) Ended() bool {
	return s == Succeeded || s == Failed || s == Cancelled || s == Preempted || s == Lost
}

// Live reports whether the backend has the attempt and has not told its end.
func (s State) Live() bool { return s == Queued || s == Running }
