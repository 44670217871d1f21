package launch

import (
	"errors"

	"trainyard/launch/task"
)

// A Trainer turns a job into a command. It is a value without state: the same
// job and site always render the same command.
type Trainer interface {
	// Name is the key of the registry.
	Name() string
	// Summary says in one line when to choose it.
	Summary() string
	// Check reports whether the programs it needs are found, with the way out
	// in the error. lookPath is exec.LookPath on the machine that will run.
	Check(job Job, lookPath func(program string) (string, error)) error
	// Render gives the command, or every fault of the job's parameters.
	Render(job Job, site Site) (Command, error)
}

// A Site is where a command will run.
type Site struct {
	Dir  string // the attempt's directory, absolute, empty until started
	Self string // path of the trainyard program there
	// Resume is the path, on that machine, of the checkpoint directory to go on
	// from, such as …/out/checkpoint-150; empty for none. A trainer that cannot go
	// on from one refuses it.
	Resume string
}

// The words of a command, which launch/task has.
type (
	Command = task.Command
	File    = task.File
	Env     = task.Env
)

// ErrNoResume says that a trainer cannot go on from a checkpoint, or is not told to.
var ErrNoResume = errors.New("it goes on from no checkpoint")
