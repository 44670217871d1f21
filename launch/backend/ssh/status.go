package ssh

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/remote"
	"trainyard/launch/task"
)

// Status implements launch.Backend.
func (s *SSH) Status(ctx context.Context, dir string, h launch.Handle) (launch.Status, error) {
	c, err := readHandle(h)
	if err != nil {
		return launch.Status{}, s.named(err)
	}
	unseen := !c.Unseen.IsZero()
	if unseen {
		found, status, err := s.see(ctx, dir, c)
		if err != nil {
			return launch.Status{}, s.named(err)
		}
		if status != nil {
			return *status, nil
		}
		c = found
	}
	all, err := s.statuses(ctx, c)
	if err == nil && unseen {
		err = s.grant(ctx, dir, c, all)
	}
	if err != nil {
		return launch.Status{}, s.named(err)
	}
	status := all[0]
	if len(all) > 1 {
		status, err = s.together(ctx, c, all)
	}
	status.Facts.Environment = c.Environment
	if len(c.Passed) > 0 && !status.State.Ended() {
		status.Reason = strings.TrimPrefix(status.Reason+"; ", "; ") + "passed over at its start: " + strings.Join(c.Passed, ", ")
	}
	return status, err
}

// statuses looks at all nodes at once.
func (s *SSH) statuses(ctx context.Context, c choice) ([]launch.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	all, faults := make([]launch.Status, len(c.Nodes)), make([]error, len(c.Nodes))
	var looking sync.WaitGroup
	for i, n := range c.Nodes {
		looking.Go(func() { all[i], faults[i] = s.status(ctx, n) })
	}
	looking.Wait()
	return all, errors.Join(faults...)
}

func (s *SSH) status(ctx context.Context, n node) (launch.Status, error) {
	if n.Handle == "" {
		return launch.Status{State: launch.Failed, Code: -1, Reason: "it was never started there"}, nil
	}
	m := s.machine(n)
	status, err := m.Status(ctx, n.Dir, n.Handle)
	switch {
	case err != nil && passing(ctx, err):
		return outOfReach(n, err), nil
	case err != nil:
		return launch.Status{}, fmt.Errorf("%s: %w", n.Host, err)
	}
	if status.State != launch.Lost && !status.LastKnown {
		return status, nil
	}
	return s.explain(ctx, m, n, status)
}

// passing reports whether an error says that no look was possible now.
func passing(ctx context.Context, err error) bool {
	return errors.Is(err, remote.ErrUnreachable) || ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded)
}

// outOfReach is an attempt of a machine that does not answer.
func outOfReach(n node, err error) launch.Status {
	return launch.Status{
		State: launch.Running, Code: -1, LastKnown: true,
		Reason: fmt.Sprintf("last known: %s does not answer: %s", n.Host, strings.TrimPrefix(err.Error(), remote.ErrUnreachable.Error()+": ")),
	}
}

// explain tells what became of a machine that has lost sight of an attempt: it was
// restarted, on the disk that has the attempt still, or it is another one.
func (s *SSH) explain(ctx context.Context, m *machine, n node, status launch.Status) (launch.Status, error) {
	was, errWas := attempt.BoxOf(n.Handle)
	now, err := m.Hello(ctx)
	if errWas != nil || err != nil || now.ID.Same(was) {
		return status, nil
	}
	_, err = m.List(ctx, n.Dir, ".")
	switch {
	case errors.Is(err, task.ErrGone) || errors.Is(err, fs.ErrNotExist):
		status.State, status.LastKnown = launch.Lost, false
		status.Reason = fmt.Sprintf("another box answers at %s: its name is %s, and it has nothing of the run; that on which it was started was %s", n.Host, now.ID.Host, was.Host)
	case err != nil:
		return status, nil
	case now.ID.Host == was.Host || status.State == launch.Lost:
		status.State, status.LastKnown = launch.Preempted, false
		status.Reason = fmt.Sprintf("the box %s was restarted while the run went on", n.Host)
	default:
		status.State, status.LastKnown = launch.Lost, false
		status.Reason = fmt.Sprintf("another box answers at %s with the same files: its name is %s, that on which the run was started was %s", n.Host, now.ID.Host, was.Host)
	}
	if status.EndedAt.IsZero() && status.State == launch.Preempted {
		status.EndedAt = time.Now()
	}
	return status, nil
}
