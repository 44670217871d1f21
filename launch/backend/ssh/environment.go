package ssh

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"trainyard/launch"
	"trainyard/launch/env"
	"trainyard/launch/env/build"
	"trainyard/launch/env/provide"
	"trainyard/launch/files"
	"trainyard/launch/stage"
	"trainyard/launch/task"
)

// An environment is what the place says of those of its trainers.
type environment struct{ option, index, python string }

// Environment implements launch.Environer.
func (s *SSH) Environment(trainer string) (launch.Environment, error) {
	lock, why, err := env.For(s.env.option, trainer)
	if s.env.option == env.None && len(s.path) > 0 {
		why = fmt.Sprintf("the trainer is the one in %s (path:), else on the machine's PATH", strings.Join(s.path, ", "))
	}
	if err != nil || lock == nil {
		return launch.Environment{Why: why}, s.named(err)
	}
	why = fmt.Sprintf("%d packages of the lock of %s", lock.Packages(), trainer)
	if s.env.option != env.OfTrainer {
		why = fmt.Sprintf("%d packages of %s", lock.Packages(), s.env.option)
	}
	return launch.Environment{Hash: lock.Hash(), Why: why}, nil
}

// Environments implements launch.Environer.
func (s *SSH) Environments(ctx context.Context, hash string) (there, missing []string) {
	ctx, cancel := context.WithTimeout(ctx, surveyLimit)
	defer cancel()
	var mu sync.Mutex
	var asking sync.WaitGroup
	for _, h := range s.hosts {
		asking.Go(func() {
			whole, err := provide.IsThere(ctx, s.machine(s.node(h, "")), hash)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
			case whole:
				there = append(there, h.Host.String())
			default:
				missing = append(missing, h.Host.String())
			}
		})
	}
	asking.Wait()
	return there, missing
}

// A provided command is one on its way into an environment.
type provided struct {
	lock env.Lock
	cmd  task.Command
	dir  string // of the attempt here
	rank int
	tell func(stage.Progress)
}

// provide makes the environment on the machine, and has the command run in it. What is
// installed on that of rank 0 is kept here too.
func (s *SSH) provide(ctx context.Context, m *machine, p provided) (task.Command, error) {
	agent, err := m.AgentPath(ctx)
	if err != nil {
		return p.cmd, err
	}
	built, err := provide.Environment(ctx, m, m.stager, provide.Wish{
		Lock: p.lock, Index: s.env.index, Python: s.env.python, Agent: agent, Name: m.host.String(), Tell: p.tell,
	})
	if err != nil {
		return p.cmd, err
	}
	s.reached("provided")
	if p.rank == 0 {
		err = files.Write(p.dir, build.FreezeName, []byte(built.Freeze))
	}
	return provide.Apply(p.cmd, built), err
}
