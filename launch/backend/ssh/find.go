package ssh

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"trainyard/launch"
	"trainyard/launch/files"
	"trainyard/launch/remote"
	"trainyard/launch/task"
)

// Find implements launch.Backend. Where no hosts were chosen, it takes the claim of the
// choice; else it asks every host that was chosen, which makes sure there that nothing
// can be started any more. An attempt that was started on some of its nodes only is
// stopped there and found: it has failed. Where one of the hosts does not answer, the
// handle says since when, with ErrUnseen.
func (s *SSH) Find(ctx context.Context, dir string) (launch.Handle, error) {
	c, err := chosen(dir)
	if err != nil {
		return "", s.named(err)
	}
	found, err := s.find(ctx, c)
	if errors.Is(err, remote.ErrUnreachable) {
		c.Unseen = time.Now()
		h, errHandle := c.handle()
		return h, s.named(errors.Join(errHandle, fmt.Errorf("%w: %w", launch.ErrUnseen, err)))
	}
	if err != nil {
		return "", s.named(err)
	}
	return found.handle()
}

// chosen reads the hosts of an attempt, or closes one for which none were chosen.
func chosen(dir string) (c choice, err error) {
	err = choice{}.claim(dir)
	if err == nil {
		return c, launch.ErrNeverStarted
	}
	if !errors.Is(err, launch.ErrClaimed) {
		return c, err
	}
	if _, err := files.ReadJSON(dir, choiceName, &c); err != nil {
		return c, err
	}
	if len(c.Nodes) == 0 {
		return c, launch.ErrNeverStarted
	}
	return c, nil
}

// find gives the choice with the handles of what was started. With an error it has those
// of the hosts that answered.
func (s *SSH) find(ctx context.Context, c choice) (choice, error) {
	c.Nodes, c.Unseen = slices.Clone(c.Nodes), time.Time{}
	if err := s.findAll(ctx, c); err != nil {
		return c, err
	}
	switch c.started() {
	case 0:
		return c, launch.ErrNeverStarted
	case len(c.Nodes):
		return c, nil
	}
	return c, s.stopStarted(ctx, c)
}

// findAll fills in the handles. The last rank is asked first: whatever is starting the
// nodes by rank finds the end of its way closed before its beginning is looked at.
func (s *SSH) findAll(ctx context.Context, c choice) error {
	var faults []error
	for rank := len(c.Nodes) - 1; rank >= 0; rank-- {
		n := &c.Nodes[rank]
		h, err := s.machine(*n).Find(ctx, n.Dir)
		if err != nil && !errors.Is(err, task.ErrNeverStarted) {
			faults = append(faults, fmt.Errorf("%s: %w", n.Host, err))
			continue
		}
		n.Handle = h
	}
	return errors.Join(faults...)
}
