package slurm

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
)

// Find implements launch.Backend. A job that is listed under the name of the submission
// is adopted. Where there is none, the gate is closed and Slurm asked once more: a job
// that came between can start nothing, and is cancelled.
func (s *Slurm) Find(ctx context.Context, dir string) (launch.Handle, error) {
	m, err := s.machine(ctx)
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.name, err)
	}
	h, err := s.lookFor(ctx, m, s.dir(dir))
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.name, err)
	}
	return h, nil
}

func (s *Slurm) lookFor(ctx context.Context, m attempt.Machine, dir string) (launch.Handle, error) {
	if err := claim(ctx, m, dir); err != nil && !errors.Is(err, launch.ErrClaimed) {
		return "", err
	}
	if text, err := readFile(ctx, m, dir, jobName); err == nil {
		h := launch.Handle(strings.TrimSpace(string(text)))
		_, err := parseHandle(h)
		return h, err
	}
	var sub submission
	submitted, err := readJSON(ctx, m, dir, submissionName, &sub)
	if err != nil {
		return "", err
	}
	if submitted {
		j, found, err := s.byName(ctx, sub)
		if err != nil {
			return "", err
		}
		if found {
			return s.keep(ctx, m, dir, j)
		}
	}
	return s.closeAttempt(ctx, m, dir, sub, submitted)
}

// closeAttempt shuts the gate. A job that passed it was there in time after all.
func (s *Slurm) closeAttempt(ctx context.Context, m attempt.Machine, dir string, sub submission, submitted bool) (launch.Handle, error) {
	gate, err := shut(ctx, m, dir, strconv.FormatInt(time.Now().UnixNano(), 36))
	if err != nil {
		return "", err
	}
	if gate.Job != "" {
		return s.keep(ctx, m, dir, jobOf(gate.Job, sub))
	}
	if submitted {
		if err := s.cancelLate(ctx, sub); err != nil {
			return "", err
		}
	}
	return "", launch.ErrNeverStarted
}

// cancelLate takes a closed attempt's job, should there be one, out of the queue. The
// elements of an array have gates of their own.
func (s *Slurm) cancelLate(ctx context.Context, sub submission) error {
	j, found, err := s.byName(ctx, sub)
	if err != nil || !found {
		return err
	}
	_, err = s.ask(ctx, "scancel", j.key())
	return err
}

// jobOf is the job that Slurm names by key.
func jobOf(key string, sub submission) job {
	id, _, _ := strings.Cut(key, "_")
	return job{ID: id, Index: sub.Index, Name: sub.Name, Submitted: sub.Asked.Truncate(time.Second)}
}

// byName looks for the job of a submission among those that Slurm lists, then among
// those that it keeps accounts of.
func (s *Slurm) byName(ctx context.Context, sub submission) (job, bool, error) {
	rows, err := s.queued(ctx, "--name="+sub.Name)
	if err != nil {
		return job{}, false, err
	}
	if j, found := sub.among(rows); found {
		return j, true, nil
	}
	rows, _, err = s.accounted(ctx, sub.Asked.Add(-time.Minute), "--name="+sub.Name)
	if err != nil {
		return job{}, false, err
	}
	j, found := sub.among(rows)
	return j, found, nil
}

// among finds the row of this attempt: its name, no older than the submission, and the
// right element of an array.
func (sub submission) among(rows []row) (job, bool) {
	for _, r := range rows {
		j := jobOf(r.key, sub)
		if j.key() == r.key && j.is(r) {
			return j, true
		}
	}
	return job{}, false
}
