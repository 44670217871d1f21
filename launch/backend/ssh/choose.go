package ssh

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/files"
	"trainyard/launch/remote"
	"trainyard/launch/stage"
	"trainyard/launch/task"
)

// A candidate is a host that may take the attempt.
type candidate struct {
	host  host
	order int // in the settings
	box   attempt.Box
	err   error
}

// choose picks as many hosts as the task has nodes: those with the GPUs free for it,
// else those whose queue is shortest; of equal ones, the first of the settings.
func (s *SSH) choose(ctx context.Context, t launch.Task) (choice, error) {
	nodes := max(1, t.Nodes)
	if nodes > len(s.hosts) {
		return choice{}, fmt.Errorf("the run wants %d machines and the backend has %d hosts: add hosts, or ask for fewer --nodes", nodes, len(s.hosts))
	}
	if before, resumes := s.resumed(t); resumes {
		return before, nil
	}
	if where, known := beside(t); known {
		return where, nil
	}
	all := s.ask(ctx)
	var fit []candidate
	var faults []error
	var passed []string
	for _, c := range all {
		if err := c.fault(t); err != nil {
			faults = append(faults, err)
			if c.err != nil {
				passed = append(passed, c.passedOver(ctx))
			}
			continue
		}
		fit = append(fit, c)
	}
	if len(fit) < nodes {
		return choice{}, errors.Join(faults...)
	}
	slices.SortStableFunc(fit, func(a, b candidate) int { return cmp.Compare(a.wait(t), b.wait(t)) })
	picked := choice{Passed: passed}
	chosen := fit[:nodes]
	slices.SortFunc(chosen, func(a, b candidate) int { return cmp.Compare(a.order, b.order) })
	for _, c := range chosen {
		n := s.node(c.host, attemptDir(t.Dir))
		if c.box.Slots > 0 {
			n.GPUs = t.GPUs
		}
		picked.Nodes = append(picked.Nodes, n)
	}
	return picked, nil
}

// resumed gives a task that goes on from what an earlier attempt of its run has saved
// the nodes of that attempt: its checkpoints lie on their disks.
func (s *SSH) resumed(t launch.Task) (choice, bool) {
	for n := t.Attempt - 1; n >= 1; n-- {
		earlier := path.Join(path.Dir(t.Dir), task.AttemptDir(n))
		if !mentions(t.Command, path.Join(s.root, attemptDir(earlier))+"/") {
			continue
		}
		var c choice
		if found, err := files.ReadJSON(earlier, choiceName, &c); err != nil || !found || len(c.Nodes) == 0 {
			continue
		}
		c.Passed = nil // that was about the earlier attempt
		for i := range c.Nodes {
			c.Nodes[i].Dir = attemptDir(t.Dir)
		}
		return c, true
	}
	return choice{}, false
}

// beside gives a task that reads what another attempt has left the machine of that one.
func beside(t launch.Task) (choice, bool) {
	var c choice
	if t.Beside == "" {
		return c, false
	}
	if found, err := files.ReadJSON(t.Beside, choiceName, &c); err != nil || !found || len(c.Nodes) == 0 {
		return c, false
	}
	c.Nodes, c.Environment = c.Nodes[:1], ""
	c.Nodes[0].Dir = attemptDir(t.Dir)
	if c.Nodes[0].GPUs > 0 { // it gives GPUs away one by one
		c.Nodes[0].GPUs = t.GPUs
	}
	return c, true
}

func mentions(cmd task.Command, text string) bool {
	texts := slices.Clone(cmd.Argv)
	for _, e := range cmd.Env {
		texts = append(texts, e.Value)
	}
	for _, f := range cmd.Files {
		texts = append(texts, f.Content, f.Link)
	}
	return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, text) })
}

// ask asks all hosts at once what they are.
func (s *SSH) ask(ctx context.Context) []candidate {
	all := make([]candidate, len(s.hosts))
	var asking sync.WaitGroup
	for i, h := range s.hosts {
		asking.Go(func() {
			all[i] = candidate{host: h, order: i}
			all[i].box, all[i].err = s.machine(s.node(h, "")).Hello(ctx)
		})
	}
	asking.Wait()
	return all
}

// passedOver tells of a host that does not answer, on which the run may have been meant to
// go, and gives the words that are kept.
func (c candidate) passedOver(ctx context.Context) string {
	words, _, _ := strings.Cut(strings.TrimPrefix(c.err.Error(), remote.ErrUnreachable.Error()+": "), "\n")
	stage.TellOf(ctx)(stage.Progress{Machine: c.host.String(), Doing: "passed over: " + words})
	return c.host.String() + ": " + words
}

// fault is why a host cannot take the task at all. One without GPUs takes tasks that
// ask for some, unless the settings say that it has them: a trainer may need none.
func (c candidate) fault(t launch.Task) error {
	switch has := c.box.Slots; {
	case c.err != nil:
		return c.err
	case has < c.host.GPUs:
		return fmt.Errorf("%s: the settings say that it has %d GPUs, and it finds %d", c.host.Host, c.host.GPUs, has)
	case has > 0 && t.GPUs > has:
		return fmt.Errorf("%s: the run wants %d GPUs on each machine, and it has %d", c.host.Host, t.GPUs, has)
	}
	return nil
}

// wait is what stands before the task there, in GPUs: those that it lacks, and at least
// one for each attempt in the queue.
func (c candidate) wait(t launch.Task) int {
	if c.box.Slots == 0 {
		return 0
	}
	return max(0, t.GPUs-(c.box.Slots-c.box.Taken)) + c.box.Waiting
}
