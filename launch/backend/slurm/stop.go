package slurm

import (
	"context"
	"fmt"
	"path"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/slurm/node"
)

// Stop implements launch.Backend. A job that waits is cancelled. One that runs gets the
// order through the file that its nodes read, since a signal of scancel would reach every
// process of the trainer at once: its supervisors ask the trainer to end and kill it when
// grace has passed. As the belt, Slurm's own time limit for the job is set to somewhat
// after that, and a stop that is asked for again when grace has passed cancels it.
func (s *Slurm) Stop(ctx context.Context, dir string, h launch.Handle, grace time.Duration) error {
	if err := s.stop(ctx, dir, h, grace); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

func (s *Slurm) stop(ctx context.Context, dir string, h launch.Handle, grace time.Duration) error {
	j, err := parseHandle(h)
	if err != nil {
		return err
	}
	status, err := s.Status(ctx, dir, h)
	if err != nil || status.State.Ended() {
		return err
	}
	m, err := s.machine(ctx)
	if err != nil {
		return err
	}
	before, err := s.order(ctx, m, s.dir(dir), node.Stop{At: time.Now(), Grace: grace})
	if err != nil {
		return err
	}
	if !before.At.IsZero() && time.Since(before.At) > before.Grace+nodesTime {
		return s.cancel(ctx, j)
	}
	if err := s.cancel(ctx, j, "--state=PENDING"); err != nil {
		return err
	}
	s.shorten(ctx, j, grace)
	return nil
}

// nodesTime is what the nodes take to read an order and to kill.
const nodesTime = 10 * time.Second

// cancel tolerates a job that has ended meanwhile.
func (s *Slurm) cancel(ctx context.Context, j job, more ...string) error {
	_, err := s.ask(ctx, append(append([]string{"scancel"}, more...), j.key())...)
	if err == nil {
		return nil
	}
	if r, there, lookErr := s.find(ctx, j); lookErr == nil && (!there || states[r.state].Ended()) {
		return nil
	}
	return err
}

// order appends the stop, unless there is one: that is given back.
func (s *Slurm) order(ctx context.Context, m attempt.Machine, dir string, stop node.Stop) (node.Stop, error) {
	text, err := readFile(ctx, m, dir, node.OrdersName)
	if err == nil {
		if before := node.ParseOrders(text).Stop; !before.At.IsZero() {
			return before, nil
		}
	}
	return node.Stop{}, must(ctx, m, []byte(stop.Line()), "sh", "-c", `cat >>"$1"`, "sh", path.Join(dir, node.OrdersName))
}

// shorten lets Slurm end a running job whose nodes do not. What keeps it from that is no
// fault of the stop, which is placed.
func (s *Slurm) shorten(ctx context.Context, j job, grace time.Duration) {
	r, there, err := s.find(ctx, j)
	if err != nil || !there || r.state != "RUNNING" || r.started.IsZero() {
		return
	}
	limit := time.Since(r.started) + grace + 2*time.Minute
	if !r.ended.IsZero() && r.started.Add(limit).After(r.ended) {
		return // its own limit comes first
	}
	_, _ = s.ask(ctx, "scontrol", "update", "JobId="+j.key(), fmt.Sprintf("TimeLimit=%d", int(limit.Minutes())+1))
}
