package task

import "time"

// A Handle finds a started attempt again. Only the backend that gave it knows
// what is inside; every other package stores and returns it unchanged. It holds no
// secret.
type Handle string

// A Task is one attempt to start.
type Task struct {
	Run     string // id
	Attempt int    // from 1
	Dir     string // attempt directory here, absolute: its name, wherever the attempt runs
	Self    string // the trainyard program here
	Trainer string // its name, by which a backend finds its environment
	Command Command
	Nodes   int // machines that run the command side by side; 0 is 1
	GPUs    int // on each of them
	// Beside is the directory here of another attempt whose files the command reads where
	// it runs; empty: none. A backend of several machines starts it on that one's.
	Beside string
	// StallAfter ends a trainer that has told nothing for as long; 0 is never.
	StallAfter time.Duration
	// Deadline ends the attempt that long after its trainer started, watched where
	// it runs; 0 is never.
	Deadline time.Duration
	// Grace is how long a trainer that is ended at its deadline, by a stall or by
	// the platform may take to save.
	Grace time.Duration
}

// A Status is what a backend can tell of an attempt.
type Status struct {
	State     State // Queued, Running, Succeeded, Failed, Cancelled, Preempted or Lost
	Reason    string
	Code      int // exit code; -1 where none is known
	Signal    int // that ended the trainer; 0 for none
	StartedAt time.Time
	EndedAt   time.Time // zero while running or unknown
	// NeverStarted says that it failed because the process that was to start it died
	// before it could, which is no fault of its own.
	NeverStarted bool
	// LastKnown says that no look was possible from here: Running is what was
	// known before, which is no evidence against Lost.
	LastKnown bool
	// Error is the error in the log of a trainer that exited with code 0, and
	// may not have done its work all the same; ErrorLast says that the log ends
	// with it.
	Error     string
	ErrorLast bool
	// Interrupted says that the trainer was told to end, and not by a request of ours,
	// before it exited with code 0: it may have saved and not have done its work.
	Interrupted string
	// Facts are what the backend knows of place, price and checkpoints; zero fields
	// are not known to it.
	Facts Facts
	// Stall says why a running trainer does not go on, such as a signal that
	// stopped it; empty where nothing is known against it.
	Stall string
}

// LogName is the file, in the attempt's directory, with all that the trainer
// writes to standard output and standard error.
const LogName = "log"
