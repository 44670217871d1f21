package slurm

import (
	"context"
	"fmt"
	"path"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/session"
	"trainyard/launch/remote"
	"trainyard/launch/stage"
)

// A dial reaches the login node of a place: a machine that lasts, and the program there
// that the nodes run; empty: that of the task.
type dial func(ctx context.Context) (m attempt.Machine, agent string, err error)

// here is a login node that is this machine.
func here(context.Context) (attempt.Machine, string, error) { return attempt.Here(""), "", nil }

// overSSH brings the agent to the root, which the nodes share, and speaks to it.
func overSSH(host remote.Host, root string, agent session.AgentFor) dial {
	m := session.New(remote.NewLine(host), session.Place{Root: root, Agent: agent})
	return func(ctx context.Context) (attempt.Machine, string, error) {
		there, err := m.AgentPath(ctx)
		return m, there, err
	}
}

// site is how commands for the login node are rendered. The program lies there only if
// a command names it.
func (s *Slurm) site() stage.Site {
	return stage.Site{Root: s.config.Root, Self: path.Join(s.config.Root, "bin/trainyard")}
}

// bring takes what the tasks need of this machine to the login node's root.
func (s *Slurm) bring(ctx context.Context, m attempt.Machine, tasks []launch.Task) error {
	if s.config.Login == "" {
		return nil
	}
	stager, tell := stage.New(m).Turns(s.config.Login+" "+s.config.Root), stage.TellOf(ctx)
	for i, t := range tasks {
		cmd, err := stager.Bring(ctx, stage.Bringing{Command: t.Command, Site: s.site(), Self: t.Self, Name: s.config.Login, Tell: tell})
		if err != nil {
			return fmt.Errorf("bring what the run needs to %s: %w", s.config.Login, err)
		}
		tasks[i].Command = cmd
	}
	return nil
}
