package slurm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/session"
	"trainyard/launch/remote"
)

// Slurm is one place: a cluster, and how its jobs are asked for.
type Slurm struct {
	name   string
	config Config
	dial   dial

	mu    sync.Mutex
	login attempt.Machine
	agent string // the program for the nodes, there; empty: that of the task
	shot  snapshot
}

var (
	_ launch.Backend     = (*Slurm)(nil)
	_ launch.Queuer      = (*Slurm)(nil)
	_ launch.ManyStarter = (*Slurm)(nil)
	_ launch.DryRunner   = (*Slurm)(nil)
)

// Summary of the kind.
const Summary = "a Slurm cluster: batch jobs, several nodes, arrays for sweeps"

// Example is a place as config.yaml has it.
const Example = `partition: gpu
account: lab
time: 36h            # where the run has no --deadline
cpus: 64             # on each node
requeue: true        # Slurm starts it again after a preemption
login: me@login.lab  # where sbatch is; left out, it is here
root: /shared/me     # with login: a directory that all nodes see`

// Open makes the place of that name. Nothing is asked of the cluster. agent finds the
// agent that is brought to a login node.
func Open(name string, config Config, agent session.AgentFor) (*Slurm, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	s := &Slurm{name: name, config: config, dial: here}
	if config.Login != "" {
		host, err := remote.ParseHost(config.Login)
		if err != nil {
			return nil, fmt.Errorf("login: %w", err)
		}
		s.dial = overSSH(host, config.Root, agent)
	}
	return s, nil
}

// Short reads slurm:PARTITION.
func Short(partition string) map[string]any { return map[string]any{"partition": partition} }

// Name implements launch.Backend.
func (s *Slurm) Name() string { return s.name }

// Summary implements launch.Backend.
func (s *Slurm) Summary() string { return Summary }

// Queues implements launch.Queuer.
func (s *Slurm) Queues() bool { return true }

// Site implements launch.Backend.
func (s *Slurm) Site(dir, self string) launch.Site {
	if s.config.Login != "" {
		self = s.site().Self
	}
	return launch.Site{Dir: s.dir(dir), Self: self}
}

// program is what the batch script runs on the nodes. Before the login node was reached,
// the agent's name there is not known.
func (s *Slurm) program(t launch.Task) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.config.Login != "" {
		return cmp.Or(s.agent, path.Join(s.config.Root, "agent-DIGEST"))
	}
	return t.Self
}

// LookPath implements launch.Backend: what the login node has, the nodes have.
func (s *Slurm) LookPath(program string) (string, error) {
	m, err := s.machine(context.Background())
	if err == nil {
		program, err = m.LookPath(context.Background(), program)
	}
	if errors.Is(err, remote.ErrUnreachable) {
		return "", &launch.Unreachable{Err: fmt.Errorf("%s: %w", s.name, err)}
	}
	return program, err
}

// dir is where the attempt lies on the shared file system: RUN/attempt-N below the root.
func (s *Slurm) dir(dir string) string {
	if s.config.Root == "" {
		return filepath.ToSlash(dir)
	}
	parts := strings.Split(filepath.ToSlash(dir), "/")
	return path.Join(append([]string{s.config.Root, "runs"}, parts[max(0, len(parts)-2):]...)...)
}

// machine is the login node, which is dialled once.
func (s *Slurm) machine(ctx context.Context) (attempt.Machine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.login != nil {
		return s.login, nil
	}
	m, agent, err := s.dial(ctx)
	if err == nil {
		s.login, s.agent = m, agent
	}
	return m, err
}

// Open implements launch.Backend. The log is that of the first node; other names are
// those of the attempt's directory, of the newest start of its job.
func (s *Slurm) Open(ctx context.Context, dir string, _ launch.Handle, name string) (*launch.OpenFile, error) {
	m, try, err := s.newest(ctx, dir)
	if err != nil {
		return nil, err
	}
	if name == launch.LogName {
		name = logPath
	}
	return m.Open(ctx, try, name)
}

// List implements launch.Backend.
func (s *Slurm) List(ctx context.Context, dir string, _ launch.Handle, name string) ([]launch.Entry, error) {
	m, try, err := s.newest(ctx, dir)
	if err != nil {
		return nil, err
	}
	return m.List(ctx, try, name)
}
