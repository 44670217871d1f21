package local

import (
	"context"
	"fmt"
	"os/exec"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
)

// Local runs attempts on this machine, each under a supervisor that outlives
// the process which started it.
type Local struct{}

var (
	_ launch.Backend = Local{}
	_ launch.Noder   = Local{}
	_ launch.Sharer  = Local{}
)

// machine is this one: the directories of attempts are absolute here.
var machine = attempt.Here("")

// Supervise is the hidden command `trainyard supervise DIR`.
func Supervise(dir string) error { return attempt.Supervise(dir) }

// Name implements launch.Backend.
func (Local) Name() string { return "local" }

// Summary implements launch.Backend.
func (Local) Summary() string {
	return "this machine: a supervised process group that outlives the terminal"
}

// Site implements launch.Backend: the attempt runs where it is kept.
func (Local) Site(dir, self string) launch.Site { return launch.Site{Dir: dir, Self: self} }

// MaxNodes implements launch.Noder.
func (Local) MaxNodes() int { return 1 }

// LookPath implements launch.Backend.
func (Local) LookPath(program string) (string, error) { return exec.LookPath(program) }

// Start implements launch.Backend.
func (Local) Start(ctx context.Context, task launch.Task) (launch.Handle, error) {
	if task.Nodes > 1 {
		return "", named(fmt.Errorf("the run wants %d machines and this is one: give --nodes 1, or a backend of several", task.Nodes))
	}
	h, err := machine.Start(ctx, attempt.Order{Task: task})
	return h, named(err)
}

// Find implements launch.Backend.
func (Local) Find(ctx context.Context, dir string) (launch.Handle, error) {
	h, err := machine.Find(ctx, dir)
	return h, named(err)
}

// Status implements launch.Backend.
func (Local) Status(ctx context.Context, dir string, h launch.Handle) (launch.Status, error) {
	s, err := machine.Status(ctx, dir, h)
	return s, named(err)
}

// Stop implements launch.Backend.
func (Local) Stop(ctx context.Context, dir string, h launch.Handle, grace time.Duration) error {
	return named(machine.Stop(ctx, dir, h, grace))
}

// Open implements launch.Backend.
func (Local) Open(ctx context.Context, dir string, _ launch.Handle, name string) (*launch.OpenFile, error) {
	return machine.Open(ctx, dir, name)
}

// List implements launch.Backend.
func (Local) List(ctx context.Context, dir string, _ launch.Handle, name string) ([]launch.Entry, error) {
	return machine.List(ctx, dir, name)
}

// named says which backend met an error.
func named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("local: %w", err)
}
