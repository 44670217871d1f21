package ssh

import (
	"context"
	"fmt"
	"time"

	"trainyard/launch"
)

// together is the status of an attempt of several nodes. It has ended when all have.
// When one has ended without success, the others wait for it in vain: they are asked to
// end, which is asked again at every look until they have.
func (s *SSH) together(ctx context.Context, c choice, all []launch.Status) (launch.Status, error) {
	worst := decisive(all)
	ended := 0
	for _, st := range all {
		if st.State.Ended() {
			ended++
		}
	}
	switch first := all[worst]; {
	case ended == len(all):
		return c.joined(all, worst), nil
	case first.State.Ended() && first.State != launch.Succeeded:
		if err := s.stopOthers(ctx, c, all, partGrace); err != nil {
			return launch.Status{}, s.named(err)
		}
		return launch.Status{State: launch.Running, Code: -1, StartedAt: earliest(all), Reason: fmt.Sprintf("node %d (%s) ended: %s; the others are being stopped", worst, c.Nodes[worst].Host, first.Reason)}, nil
	}
	return c.going(all), nil
}

// order says which end of a node explains that of the attempt: the others' follow
// from it.
var order = map[launch.State]int{launch.Failed: 5, launch.Preempted: 4, launch.Lost: 3, launch.Cancelled: 2, launch.Succeeded: 1}

// decisive is the node that tells what became of the attempt: of several that failed,
// the one that ended first.
func decisive(all []launch.Status) int {
	best := 0
	for i, st := range all {
		switch b := all[best]; {
		case order[st.State] > order[b.State]:
			best = i
		case order[st.State] == order[b.State] && !st.EndedAt.IsZero() && st.EndedAt.Before(b.EndedAt):
			best = i
		}
	}
	return best
}

// joined is the end of all nodes.
func (c choice) joined(all []launch.Status, worst int) launch.Status {
	end := all[worst]
	end.StartedAt = earliest(all)
	for _, st := range all {
		if st.EndedAt.After(end.EndedAt) {
			end.EndedAt = st.EndedAt
		}
	}
	if n := c.started(); n < len(c.Nodes) {
		end.State, end.Code = launch.Failed, -1
		end.Reason = fmt.Sprintf("it was started on %d of %d machines only, and was stopped there: what started it failed or died between them", n, len(c.Nodes))
		return end
	}
	if end.State != launch.Succeeded {
		end.Reason = fmt.Sprintf("node %d (%s): %s", worst, c.Nodes[worst].Host, end.Reason)
	}
	return end
}

// going is an attempt of which nothing has ended badly: it waits as long as one waits.
func (c choice) going(all []launch.Status) launch.Status {
	st := launch.Status{State: launch.Running, Code: -1, StartedAt: earliest(all)}
	for i, one := range all {
		if one.State.Ended() {
			continue
		}
		if one.State == launch.Queued {
			st.State = launch.Queued
		}
		st.LastKnown = st.LastKnown || one.LastKnown
		if one.Reason != "" && st.Reason == "" {
			st.Reason = fmt.Sprintf("node %d (%s): %s", i, c.Nodes[i].Host, one.Reason)
		}
		if one.Stall != "" && st.Stall == "" {
			st.Stall = fmt.Sprintf("node %d (%s): %s", i, c.Nodes[i].Host, one.Stall)
		}
	}
	return st
}

func earliest(all []launch.Status) (t time.Time) {
	for _, st := range all {
		if !st.StartedAt.IsZero() && (t.IsZero() || st.StartedAt.Before(t)) {
			t = st.StartedAt
		}
	}
	return t
}

func (s *SSH) stopOthers(ctx context.Context, c choice, all []launch.Status, grace time.Duration) error {
	for i, st := range all {
		if st.State.Ended() || st.LastKnown || c.Nodes[i].Handle == "" {
			continue
		}
		if err := s.machine(c.Nodes[i]).Stop(ctx, c.Nodes[i].Dir, c.Nodes[i].Handle, grace); err != nil && !passing(ctx, err) {
			return fmt.Errorf("stop node %d (%s): %w", i, c.Nodes[i].Host, err)
		}
	}
	return nil
}
