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
// after MinJobAge where no accounts are kept. A record that its end was written is
// enough. Without one, a single empty answer is no end.
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
	if found.orders.Stop.At.IsZero() {
		return launch.Status{State: launch.Lost, Code: -1, Reason: fmt.Sprintf("Slurm does not know job %s any more, and no exit record is in %s: how it ended is not known", j.key(), dir)}, nil
	}
	return launch.Status{State: launch.Cancelled, Code: -1, Reason: fmt.Sprintf("stopped on request; Slurm does not know job %s any more", j.key())}, nil
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
