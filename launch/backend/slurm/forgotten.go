package slurm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
)

// forgotten is a job that Slurm does not know, or not any more: ended ones are forgotten
// after MinJobAge where no accounts are kept, and an element of an array at once that is
// cancelled while it waits. A record that its end was written is enough. Without one, a
// single empty answer is no end.
func (s *Slurm) forgotten(ctx context.Context, m attempt.Machine, dir string, j job) (launch.Status, error) {
	found, err := s.records(ctx, m, dir)
	if err != nil {
		return launch.Status{}, fmt.Errorf("%s: %w", s.name, err)
	}
	since, err := unseenSince(ctx, m, dir)
	if err != nil {
		return launch.Status{}, fmt.Errorf("%s: %w", s.name, err)
	}
	if time.Since(since) < twice {
		return launch.Status{State: launch.Running, Code: -1, LastKnown: true, Reason: fmt.Sprintf("last known: Slurm does not list job %s, and is asked again", j.key())}, nil
	}
	if found.any() {
		return found.judge(row{key: j.key()}, launch.Succeeded), nil
	}
	if !found.orders.Stop.At.IsZero() {
		return launch.Status{State: launch.Cancelled, Code: -1, Reason: fmt.Sprintf("stopped on request; Slurm does not know job %s any more", j.key())}, nil
	}
	began, err := mayHaveBegun(ctx, m, dir)
	if err != nil {
		return launch.Status{}, fmt.Errorf("%s: %w", s.name, err)
	}
	if began {
		return launch.Status{State: launch.Lost, Code: -1, Reason: fmt.Sprintf("Slurm does not know job %s any more, and no exit record is in %s: how it ended is not known", j.key(), dir)}, nil
	}
	return neverBegan(j, found.said), nil
}

// mayHaveBegun closes the gate of an attempt whose job Slurm has forgotten. Where no node
// has passed it, none ever will, should the job come back: nothing has begun. A directory
// that is gone tells nothing.
func mayHaveBegun(ctx context.Context, m attempt.Machine, dir string) (bool, error) {
	gate, err := shut(ctx, m, dir, strconv.FormatInt(time.Now().UnixNano(), 36))
	if errors.Is(err, launch.ErrGone) || errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return gate.Job != "", err
}

// neverBegan has the time of the look as its end: when Slurm dropped the job is not known.
func neverBegan(j job, said string) launch.Status {
	reason := fmt.Sprintf("never started: Slurm does not know job %s any more, as after scancel of a job that waits, no node had begun it, and none can now", j.key())
	if said != "" {
		reason += "; the batch script said: " + said
	}
	return launch.Status{State: launch.Failed, Code: -1, EndedAt: time.Now(), Reason: reason}
}

// twice is how far apart two empty answers are that mean something: slurmctld that was
// restarted lists nothing for a moment.
const twice = 5 * time.Second

// unseenSince is when the job was not listed for the first time: now, where that was
// not written down.
func unseenSince(ctx context.Context, m attempt.Machine, dir string) (time.Time, error) {
	text, err := readFile(ctx, m, dir, unseenName)
	if millis, bad := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && bad == nil {
		return time.UnixMilli(millis), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, err
	}
	now := time.Now()
	err = m.Place(ctx, dir, []launch.File{{Name: unseenName, Content: fmt.Sprintln(now.UnixMilli())}})
	if errors.Is(err, launch.ErrGone) || errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil // not even its directory is there
	}
	return now, err
}

// seen takes the note away: two empty answers with another one between mean nothing.
func seen(ctx context.Context, m attempt.Machine, dir string) error {
	if _, err := readFile(ctx, m, dir, unseenName); err != nil {
		return nil // there is none, as a rule
	}
	return must(ctx, m, nil, "rm", "-f", path.Join(dir, unseenName))
}
