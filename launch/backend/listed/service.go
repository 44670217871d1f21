package listed

import (
	"context"
	"errors"
	"time"

	"trainyard/launch"
)

// A Service runs jobs that it lists.
type Service interface {
	// Check refuses what it cannot run.
	Check(task launch.Task) error
	// Render gives what Submit would send, by file; none has the value of a secret.
	Render(order Order) ([]launch.File, error)
	// Submit asks for one job, once, and returns when the service has it. An error
	// that is ErrRefused says that there is no job; after any other there may be.
	Submit(ctx context.Context, order Order) error
	// List tells at least the jobs whose names begin with the prefix of all ours.
	List(ctx context.Context) ([]Job, error)
	// Log is what the trainer wrote so far.
	Log(ctx context.Context, job Job) ([]byte, error)
	// Cancel asks for the end of a job.
	Cancel(ctx context.Context, job Job) error
}

// ErrRefused is in errors of a Submit that made nothing.
var ErrRefused = errors.New("refused")

// An Order is one job to submit.
type Order struct {
	launch.Task
	Name   string       // of the job
	There  string       // the attempt's directory where it runs
	Packed []byte       // the files of the command, see package carry
	Secret []launch.Env // values that no argument and no file may have
	Here   string       // a directory for what is to be submitted
}

// A Job is one that the service lists.
type Job struct {
	ID        string
	Name      string
	State     launch.State // Queued, Running, Succeeded, Failed, Cancelled or Preempted
	Reason    string
	Submitted time.Time
	Started   time.Time // zero where it has not, or the service does not say
	Ended     time.Time
}
