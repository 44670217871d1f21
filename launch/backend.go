package launch

import (
	"context"
	"errors"
	"time"
)

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
	Command Command
	Nodes   int // machines that run the command side by side; 0 is 1
	GPUs    int // on each of them
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
	// LastKnown says that no look was possible from here: Running is what was
	// known before, which is no evidence against Lost.
	LastKnown bool
	// Error is the error in the log of a trainer that exited with code 0, and
	// may not have done its work all the same; ErrorLast says that the log ends
	// with it.
	Error     string
	ErrorLast bool
	// Facts are what the backend knows of place, price and checkpoints; zero fields
	// are not known to it.
	Facts Facts
	// Stall says why a running trainer does not go on, such as a signal that
	// stopped it; empty where nothing is known against it.
	Stall string
}

// A Backend runs commands on some machine. Methods may be called by several
// processes at once for the same attempt.
type Backend interface {
	// Name is the key of the registry.
	Name() string
	// Summary says in one line when to choose it.
	Summary() string
	// Site is where the attempt of a directory here will run: the machine that
	// runs it may keep it elsewhere. It asks no machine.
	Site(dir, self string) Site
	// LookPath is exec.LookPath on the machine that runs commands.
	LookPath(program string) (string, error)
	// Start claims task.Dir and starts the command there. The claim is atomic:
	// of any number of calls for one directory at most one starts something,
	// the others get ErrClaimed. After any other error the caller asks Find.
	Start(ctx context.Context, task Task) (Handle, error)
	// Find looks for an attempt whose handle was never saved. It returns the
	// handle if something was started, else ErrNeverStarted, after it has made
	// sure that nothing can be started in dir any more.
	Find(ctx context.Context, dir string) (Handle, error)
	// Status looks; it changes nothing. An error means that it could not look.
	Status(ctx context.Context, dir string, h Handle) (Status, error)
	// Stop asks the trainer to end and sees to it that it is ended by force
	// when grace has passed. It returns once the request is safely placed. A
	// trainer whose directory was removed is found by its handle.
	Stop(ctx context.Context, dir string, h Handle, grace time.Duration) error
	// Open opens a file of the attempt's directory: LogName, a Command's
	// Progress, or what List found. It never waits for a writer: what is no
	// regular file is files.ErrNotRegular. The error is fs.ErrNotExist while there is
	// none, and ErrGone where there is not even the attempt's directory.
	Open(ctx context.Context, dir string, h Handle, name string) (*OpenFile, error)
	// List tells the regular files and the directories of a directory in the
	// attempt's, sorted by name, with the errors of Open.
	List(ctx context.Context, dir string, h Handle, name string) ([]Entry, error)
}

// A Queuer is a backend whose Start returns before a machine runs the attempt.
type Queuer interface {
	// Queues reports whether what was started is first in a queue.
	Queues() bool
}

func queues(b Backend) bool {
	q, ok := b.(Queuer)
	return ok && q.Queues()
}

// LogName is the file, in the attempt's directory, with all that the trainer
// writes to standard output and standard error.
const LogName = "log"

var (
	// ErrClaimed: another process started, or is starting, this attempt.
	ErrClaimed = errors.New("the attempt is already claimed")
	// ErrNeverStarted: nothing was started and nothing will be.
	ErrNeverStarted = errors.New("the attempt was never started")
	// ErrGone: the attempt's directory was removed.
	ErrGone = errors.New("its directory is gone")
)
