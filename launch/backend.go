package launch

import (
	"context"
	"time"

	"trainyard/launch/task"
)

// The words that backends and the launcher share, which launch/task has.
type (
	Handle   = task.Handle
	Task     = task.Task
	Status   = task.Status
	State    = task.State
	OpenFile = task.OpenFile
	Entry    = task.Entry
)

// The states of an attempt.
const (
	Pending   = task.Pending
	Starting  = task.Starting
	Queued    = task.Queued
	Running   = task.Running
	Stopping  = task.Stopping
	Succeeded = task.Succeeded
	Failed    = task.Failed
	Cancelled = task.Cancelled
	Preempted = task.Preempted
	Lost      = task.Lost
)

// LogName is task.LogName.
const LogName = task.LogName

// The errors of a backend that a caller branches on.
var (
	ErrClaimed      = task.ErrClaimed
	ErrNeverStarted = task.ErrNeverStarted
	ErrUnseen       = task.ErrUnseen
	ErrGone         = task.ErrGone
)

// An Unreachable is the error of a backend whose machines do not answer: nothing can be
// said about what they have.
type Unreachable struct{ Err error }

func (u *Unreachable) Error() string { return u.Err.Error() }
func (u *Unreachable) Unwrap() error { return u.Err }

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
	// LookPath is exec.LookPath on the machine that runs commands; an *Unreachable where
	// that does not answer.
	LookPath(program string) (string, error)
	// Start claims task.Dir and starts the command there. The claim is atomic:
	// of any number of calls for one directory at most one starts something,
	// the others get ErrClaimed. After any other error the caller asks Find.
	Start(ctx context.Context, task Task) (Handle, error)
	// Find looks for an attempt whose handle was never saved. It returns the
	// handle if something was started, else ErrNeverStarted, after it has made
	// sure that nothing can be started in dir any more. A handle with ErrUnseen is one
	// that a start may have had.
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

// A ManyStarter is a backend that starts many attempts by one request, as an array of
// jobs. All of them start, each once and with a handle of its own, in the order of the
// tasks, or an error is returned, after which the caller asks Find about each.
type ManyStarter interface {
	StartMany(ctx context.Context, tasks []Task) ([]Handle, error)
}

// A DryRunner is a backend that can tell what Start would submit. It asks no machine.
type DryRunner interface {
	// Render gives texts with a name for each, such as a batch script or a manifest:
	// what would be submitted first. No text has the value of a secret.
	Render(ctx context.Context, task Task) ([]File, error)
}

func queues(b Backend) bool {
	q, ok := b.(Queuer)
	return ok && q.Queues()
}

// A Noder is a backend that knows how many machines one run can have. Others are asked
// when the run is started.
type Noder interface {
	MaxNodes() int
}

// An Environer is a backend that makes the Python environments of trainers.
type Environer interface {
	// Environment is the one that a trainer would run in. It asks no machine.
	Environment(trainer string) (Environment, error)
	// Environments tells which of its machines have the environment of a hash, and which
	// would build it; those that do not answer are in neither.
	Environments(ctx context.Context, hash string) (there, missing []string)
}

// An Environment is what a trainer would run in.
type Environment struct {
	Hash string `json:"hash,omitempty"` // of its lock; empty: what the machine has on PATH
	// Why says why there is none, or of which lock it is.
	Why string `json:"why,omitempty"`
}

// A Surveyor is a backend that can look at its machines before a run is started.
type Surveyor interface {
	// Survey looks, for a few seconds at most.
	Survey(ctx context.Context) (Survey, error)
}

// A Survey is what machines of a backend say of themselves. Zero fields are not known.
type Survey struct {
	GPU    string // as its driver names it; empty too where they differ
	Memory int64  // of one GPU, in bytes
	Free   int64  // bytes, on the disk that has least
}

// A Stager is a backend that may bring files by a bucket.
type Stager interface {
	// Bucket is the place in S3; empty: none.
	Bucket() string
}

// A Renter is a backend whose machines are paid by the hour from when they are asked
// for until they are gone, which is longer than the trainer runs.
type Renter interface {
	// Most is the dearest GPU-hour that it takes, in US dollars, and the longest that an
	// attempt with that deadline is paid for.
	Most(deadline time.Duration) (gpuHour float64, life time.Duration)
}

// A Payer is a backend that may have been paid for an attempt that never started, such as
// for a box on which the trainer could not be started.
type Payer interface {
	// Paid is what is known of that: the price and since when; no facts where nothing was
	// paid. It asks no machine.
	Paid(dir string) (Facts, error)
}

// paid adds what was paid for an attempt that never started.
func (l *Launcher) paid(ctx context.Context, run Run, backend Backend) error {
	p, ok := backend.(Payer)
	if !ok {
		return nil
	}
	f, err := p.Paid(l.Dir(run))
	if err != nil || f.AskedAt.IsZero() {
		return err
	}
	return l.Ledger.Learn(ctx, run.ID, run.N, f)
}

// bounds are the most that an attempt on b may cost, where it is more than the job says.
func bounds(b Backend, job Job) (f Facts) {
	r, ok := b.(Renter)
	if !ok {
		return f
	}
	gpuHour, life := r.Most(job.Deadline)
	price := gpuHour * float64(job.World())
	return Facts{Price: &price, Limit: life}
}

// A Pricer is a backend that knows what it costs before anything is started.
type Pricer interface {
	// Price is that of one GPU for an hour in US dollars, on one machine with so many,
	// and where the figure comes from.
	Price(ctx context.Context, gpus int) (gpuHour float64, source string, err error)
}
