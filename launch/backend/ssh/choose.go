package ssh

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
)

// A candidate is a host that may take the attempt.
type candidate struct {
	host  host
	order int // in the settings
	box   attempt.Box
	gpus  int // it has
	err   error
}

// choose picks as many hosts as the task has nodes: those with the GPUs free for it,
// else those whose queue is shortest; of equal ones, the first of the settings.
func (s *SSH) choose(ctx context.Context, t launch.Task) (choice, error) {
	nodes := max(1, t.Nodes)
	if nodes > len(s.hosts) {
		return choice{}, fmt.Errorf("the run wants %d machines and the backend has %d hosts: add hosts, or ask for fewer --nodes", nodes, len(s.hosts))
	}
	all := s.ask(ctx)
	var fit []candidate
	var faults []error
	for _, c := range all {
		if err := c.fault(t); err != nil {
			faults = append(faults, err)
			continue
		}
		fit = append(fit, c)
	}
	if len(fit) < nodes {
		return choice{}, errors.Join(faults...)
	}
	slices.SortStableFunc(fit, func(a, b candidate) int { return cmp.Compare(a.wait(t), b.wait(t)) })
	var picked choice
	chosen := fit[:nodes]
	slices.SortFunc(chosen, func(a, b candidate) int { return cmp.Compare(a.order, b.order) })
	for _, c := range chosen {
		n := s.node(c.host, attemptDir(t.Dir))
		if c.gpus > 0 {
			n.GPUs = t.GPUs
		}
		picked.Nodes = append(picked.Nodes, n)
	}
	return picked, nil
}

// ask asks all hosts at once what they are.
func (s *SSH) ask(ctx context.Context) []candidate {
	all := make([]candidate, len(s.hosts))
	var asking sync.WaitGroup
	for i, h := range s.hosts {
		asking.Go(func() {
			all[i] = candidate{host: h, order: i}
			all[i].box, all[i].err = s.machine(s.node(h, "")).Hello(ctx)
			all[i].gpus = cmp.Or(h.GPUs, len(all[i].box.GPUs))
		})
	}
	asking.Wait()
	return all
}

// fault is why a host cannot take the task at all. One that has no GPU is taken at its
// word only where the settings say that it should have some: a trainer may need none.
func (c candidate) fault(t launch.Task) error {
	switch has := len(c.box.GPUs); {
	case c.err != nil:
		return c.err
	case has > 0 && has < c.host.GPUs:
		return fmt.Errorf("%s: the settings say that it has %d GPUs, and it says %d", c.host.Host, c.host.GPUs, has)
	case c.gpus > 0 && t.GPUs > c.gpus:
		return fmt.Errorf("%s: the run wants %d GPUs on each machine, and it has %d", c.host.Host, t.GPUs, c.gpus)
	}
	return nil
}

// wait is how many GPUs must become free before the task can start there.
func (c candidate) wait(t launch.Task) int {
	if c.gpus == 0 {
		return 0
	}
	return max(0, t.GPUs-(c.gpus-c.box.Taken)+c.box.Wanted)
}
