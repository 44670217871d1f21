package ssh

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/env"
	"trainyard/launch/stage"
	"trainyard/launch/task"
)

// Start implements launch.Backend: choose the hosts, write them down (the claim),
// bring what the command needs to all of them, then start it on one after the other.
func (s *SSH) Start(ctx context.Context, t launch.Task) (launch.Handle, error) {
	if len(t.Command.Argv) == 0 {
		return "", s.named(errors.New("the command is empty"))
	}
	c, err := s.choose(ctx, t)
	if err != nil {
		return "", s.named(err)
	}
	lock, _, err := env.For(s.env.option, t.Trainer)
	if err != nil {
		return "", s.named(err)
	}
	c.Environment = ""
	if lock != nil {
		c.Environment = lock.Hash()
	}
	s.reached("chosen")
	if err := c.claim(t.Dir); err != nil {
		return "", s.named(err)
	}
	s.reached("claimed")
	orders, err := s.bring(ctx, c, t, lock)
	if err != nil {
		return "", s.named(err)
	}
	s.reached("brought")
	if err := s.startAll(ctx, c, orders); err != nil {
		return "", s.named(err)
	}
	return c.handle()
}

// bring stages to all nodes at once, and gives each its order.
func (s *SSH) bring(ctx context.Context, c choice, t launch.Task, lock *env.Lock) ([]attempt.Order, error) {
	orders, faults := make([]attempt.Order, len(c.Nodes)), make([]error, len(c.Nodes))
	var telling sync.Mutex
	tell := func(p stage.Progress) {
		telling.Lock()
		defer telling.Unlock()
		stage.TellOf(ctx)(p)
	}
	var bringing sync.WaitGroup
	for rank, n := range c.Nodes {
		bringing.Go(func() {
			m := s.machine(n)
			cmd, err := m.stager.Bring(ctx, stage.Bringing{
				Command: t.Command, Self: t.Self, Name: n.Host.String(),
				Site: stage.Site{Root: s.root, Self: s.Site(t.Dir, t.Self).Self},
				Tell: tell,
			})
			if err == nil && lock != nil {
				cmd, err = s.provide(ctx, m, provided{lock: *lock, cmd: cmd, dir: t.Dir, rank: rank, tell: tell})
			}
			if err != nil {
				faults[rank] = fmt.Errorf("%s: %w", n.Host, err)
				return
			}
			orders[rank], faults[rank] = s.order(ctx, c, rank, t, cmd)
		})
	}
	bringing.Wait()
	return orders, errors.Join(faults...)
}

func (s *SSH) order(ctx context.Context, c choice, rank int, t launch.Task, cmd task.Command) (attempt.Order, error) {
	n := c.Nodes[rank]
	agent, err := s.machine(n).AgentPath(ctx)
	if err != nil {
		return attempt.Order{}, err
	}
	o := attempt.Order{Task: t, Rank: rank, Slots: n.GPUs}
	o.Dir, o.Self, o.Command, o.Nodes = n.Dir, agent, cmd, len(c.Nodes)
	if len(c.Nodes) > 1 {
		o.Master, o.MasterPort = c.master(), masterPort(t.Run, t.Attempt)
	}
	if s.amend != nil {
		s.amend(&o)
	}
	return o, nil
}

// master is where the other nodes reach rank 0.
func (c choice) master() string {
	first := c.Nodes[0]
	return cmp.Or(first.Inside, first.Host.Address)
}

// masterPort is one of 20,000 that is the attempt's own, so that two attempts on one
// machine do not meet.
func masterPort(run string, attempt int) int {
	h := fnv.New32a()
	fmt.Fprint(h, run, attempt)
	return 20000 + int(h.Sum32()%20000)
}

// startAll starts the nodes by rank. Where one fails, those before it are stopped: the
// attempt runs on all of them or on none.
func (s *SSH) startAll(ctx context.Context, c choice, orders []attempt.Order) error {
	for rank, o := range orders {
		h, err := s.machine(c.Nodes[rank]).Start(ctx, o)
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", c.Nodes[rank].Host, err), s.stopStarted(context.WithoutCancel(ctx), c))
		}
		c.Nodes[rank].Handle = h
		s.reached(fmt.Sprintf("started %d", rank))
	}
	return nil
}

// stopStarted stops what was started of an attempt that never will be whole.
func (s *SSH) stopStarted(ctx context.Context, c choice) error {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	var faults []error
	for _, n := range c.Nodes {
		if n.Handle != "" {
			if err := s.machine(n).Stop(ctx, n.Dir, n.Handle, partGrace); err != nil {
				faults = append(faults, fmt.Errorf("stop what was started on %s: %w", n.Host, err))
			}
		}
	}
	return errors.Join(faults...)
}

// partGrace is for what runs alone of several nodes: it has nothing to save.
const partGrace = 5 * time.Second
