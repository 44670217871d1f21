package yard

import (
	"context"

	"trainyard/launch"
)

// Retry begins the next attempt of a run that has ended: see [launch.Launcher.Retry].
func (y *Yard) Retry(ctx context.Context, prefix string, how launch.Retry) (launch.Run, error) {
	l, run, err := y.Run(ctx, prefix)
	if err != nil {
		return run, err
	}
	if err := run.Job.Dataset.Now(); err != nil {
		return run, err
	}
	return l.Retry(ctx, run, how)
}

// A RunCheckpoints is what the attempts of a run saved.
type RunCheckpoints struct {
	Run         string              `json:"run"`
	Checkpoints []launch.Checkpoint `json:"checkpoints"` // newest step first
}

// Checkpoints lists what the attempts of a run saved, the newest step first.
func (y *Yard) Checkpoints(ctx context.Context, prefix string) (*RunCheckpoints, error) {
	l, run, err := y.Run(ctx, prefix)
	if err != nil {
		return nil, err
	}
	found, err := l.Checkpoints(ctx, run)
	return &RunCheckpoints{run.ID, found}, err
}
