package slurm

import (
	"context"
	"fmt"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
)

// Status implements launch.Backend.
func (s *Slurm) Status(ctx context.Context, dir string, h launch.Handle) (launch.Status, error) {
	j, err := parseHandle(h)
	if err != nil {
		return launch.Status{}, fmt.Errorf("%s: %w", s.name, err)
	}
	m, err := s.machine(ctx)
	if err != nil {
		return unreached(err), nil
	}
	r, there, err := s.look(ctx, j)
	if err != nil {
		return unreached(err), nil
	}
	if !there {
		return s.forgotten(ctx, m, s.dir(dir), j)
	}
	status, err := s.told(ctx, m, s.dir(dir), j, r)
	if err != nil {
		return status, fmt.Errorf("%s: %w", s.name, err)
	}
	status.Facts = launch.Facts{GPU: s.config.GPUType, AskedAt: j.Submitted, ReadyAt: r.started}
	return status, nil
}

// unreached is what is known where Slurm cannot be asked: nothing new.
func unreached(err error) launch.Status {
	return launch.Status{State: launch.Running, Code: -1, LastKnown: true, Reason: "last known: Slurm could not be asked: " + firstLine(err.Error())}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// look asks squeue, and sacct about what squeue has forgotten.
func (s *Slurm) look(ctx context.Context, j job) (row, bool, error) {
	r, there, err := s.find(ctx, j)
	if err != nil || there {
		return r, there, err
	}
	rows, _, err := s.accounted(ctx, time.Time{}, "-j", j.key())
	if err != nil {
		return row{}, false, err
	}
	for _, one := range rows { // the last row is that of the last start
		if one.key == j.key() && j.is(one) {
			r, there = one, true
		}
	}
	// A job that is cancelled while it waits to start again keeps its old row, which says
	// REQUEUED for ever.
	return r, there && states[r.state] != launch.Queued, nil
}

// told is the status of a job that Slurm knows.
func (s *Slurm) told(ctx context.Context, m attempt.Machine, dir string, j job, r row) (launch.Status, error) {
	state, known := states[r.state]
	if err := seen(ctx, m, dir); err != nil {
		return launch.Status{}, err
	}
	if s.config.Requeue && (state == launch.Preempted) && time.Since(r.ended) < requeueTime {
		return launch.Status{State: launch.Queued, Code: -1, Reason: ends[r.state] + ", and is to start it again"}, nil
	}
	switch {
	case !known:
		return launch.Status{State: launch.Running, Code: -1, LastKnown: true, Reason: fmt.Sprintf("Slurm says %s, which has no meaning here", r.state)}, nil
	case state == launch.Queued:
		return launch.Status{State: state, Code: -1, Reason: r.waiting(j)}, nil
	case state == launch.Running:
		return r.running(), nil
	}
	found, err := s.records(ctx, m, dir)
	if err != nil {
		return launch.Status{}, err
	}
	return found.judge(r, state), nil
}

// requeueTime is far longer than slurmctld takes to put a job back into the queue.
const requeueTime = 30 * time.Second

func (r row) waiting(j job) string {
	words := fmt.Sprintf("job %s is queued", j.key())
	if r.reason != "" && r.reason != "None" {
		words += ": " + r.reason
	}
	if why := waits[r.reason]; why != "" {
		words += ": " + why
	}
	return words
}

func (r row) running() launch.Status {
	s := launch.Status{State: launch.Running, Code: -1, StartedAt: r.started, Reason: fmt.Sprintf("job %s runs on %s", r.key, r.nodes)}
	switch r.state {
	case "SUSPENDED", "STOPPED":
		s.Stall = fmt.Sprintf("Slurm has suspended its job (%s): `scontrol resume %s` lets it go on", r.state, r.key)
	case "COMPLETING":
		s.Reason = fmt.Sprintf("job %s is ending on %s", r.key, r.nodes)
	}
	return s
}
