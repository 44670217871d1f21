package attempt

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
)

// Local is a backend made of a machine, this one where it names none.
type Local struct{ Machine }

func (l Local) machine() Machine {
	if l.Machine == nil {
		return Here("")
	}
	return l.Machine
}

func (l Local) Name() string                      { return "local" }
func (l Local) Summary() string                   { return "a machine" }
func (l Local) Site(dir, self string) launch.Site { return launch.Site{Dir: dir, Self: self} }
func (l Local) LookPath(program string) (string, error) {
	return l.machine().LookPath(context.Background(), program)
}
func (l Local) Start(ctx context.Context, t launch.Task) (launch.Handle, error) {
	return l.machine().Start(ctx, Order{Task: t})
}
func (l Local) Find(ctx context.Context, dir string) (launch.Handle, error) {
	return l.machine().Find(ctx, dir)
}
func (l Local) Status(ctx context.Context, dir string, h launch.Handle) (launch.Status, error) {
	return l.machine().Status(ctx, dir, h)
}
func (l Local) Stop(ctx context.Context, dir string, h launch.Handle, grace time.Duration) error {
	return l.machine().Stop(ctx, dir, h, grace)
}
func (l Local) Open(ctx context.Context, dir string, _ launch.Handle, name string) (*launch.OpenFile, error) {
	return l.machine().Open(ctx, dir, name)
}
func (l Local) List(ctx context.Context, dir string, _ launch.Handle, name string) ([]launch.Entry, error) {
	return l.machine().List(ctx, dir, name)
}

// TestMain lets the test binary play the supervisor, an agent that starts an attempt,
// and the trainer. A process whose environment names a point dies there.
func TestMain(m *testing.M) {
	if point := os.Getenv(dieAt); point != "" {
		reached = func(at string) {
			if at == point {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
		}
	}
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		if err := Serve(context.Background(), os.Stdin, os.Stdout, os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	backendtest.Main(m, Supervise)
}

// dieAt names, in the environment of a process of a test, the point where it dies.
const dieAt = "ATTEMPT_TEST_DIE_AT"

// The bench of the conformance suite, by shorter names.
var (
	self       = backendtest.Self
	start      = backendtest.Start
	waitEnded  = backendtest.WaitEnded
	eventually = backendtest.Eventually
	read       = backendtest.Read
	says       = backendtest.Says
	askEnd     = backendtest.Stop
	saved      = backendtest.Saved
)

// acting is an attempt in a fresh place whose trainer acts as told.
func acting(t *testing.T, role ...string) launch.Task {
	t.Helper()
	return backendtest.Task(t, Local{}, role...)
}

// underWay is one whose trainer has begun, and waits.
func underWay(t *testing.T, role ...string) (launch.Task, launch.Handle) {
	t.Helper()
	return backendtest.Waiting(t, Local{}, role...)
}

func status(t *testing.T, dir string, h launch.Handle) launch.Status {
	t.Helper()
	return backendtest.Look(t, Local{}, dir, h)
}
