package ssh

import (
	"context"
	"errors"
	"fmt"

	"trainyard/launch"
	"trainyard/launch/files"
	"trainyard/launch/task"
)

// Find implements launch.Backend. Where no hosts were chosen, it takes the claim of the
// choice; else it asks every host that was chosen, which makes sure there that nothing
// can be started any more. An attempt that was started on some of its nodes only is
// stopped there and found: it has failed.
func (s *SSH) Find(ctx context.Context, dir string) (launch.Handle, error) {
	err := choice{}.claim(dir)
	if err == nil {
		return "", launch.ErrNeverStarted
	}
	if !errors.Is(err, launch.ErrClaimed) {
		return "", s.named(err)
	}
	var c choice
	if _, err := files.ReadJSON(dir, choiceName, &c); err != nil {
		return "", s.named(err)
	}
	if len(c.Nodes) == 0 {
		return "", launch.ErrNeverStarted
	}
	if err := s.findAll(ctx, c); err != nil {
		return "", s.named(err)
	}
	switch c.started() {
	case 0:
		return "", launch.ErrNeverStarted
	case len(c.Nodes):
		return c.handle()
	}
	if err := s.stopStarted(ctx, c); err != nil {
		return "", s.named(err)
	}
	return c.handle()
}

// findAll fills in the handles. The last rank is asked first: whatever is starting the
// nodes by rank finds the end of its way closed before its beginning is looked at.
func (s *SSH) findAll(ctx context.Context, c choice) error {
	for rank := len(c.Nodes) - 1; rank >= 0; rank-- {
		n := &c.Nodes[rank]
		h, err := s.machine(*n).Find(ctx, n.Dir)
		if err != nil && !errors.Is(err, task.ErrNeverStarted) {
			return fmt.Errorf("%s: %w", n.Host, err)
		}
		n.Handle = h
	}
	return nil
}
