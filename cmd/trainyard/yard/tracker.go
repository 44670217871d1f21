package yard

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/export"
)

// An Exported is a run that a tracker has now.
type Exported struct {
	Run    string `json:"run"`
	To     string `json:"to"`
	Place  string `json:"place"`
	Points int    `json:"points"`
	Next   string `json:"next,omitempty"` // what a person does with it
}

// ExportRun writes the curve of a run, one over all its attempts, for a tracker.
func (y *Yard) ExportRun(ctx context.Context, prefix, to, place, project string) (*Exported, error) {
	target, known := export.Exports[to]
	if !known {
		return nil, fmt.Errorf("unknown tracker %q: there are %s", to, strings.Join(slices.Sorted(maps.Keys(export.Exports)), ", "))
	}
	l, run, err := y.Run(ctx, prefix)
	if err != nil {
		return nil, err
	}
	out := tracked(run, project)
	if out.Points, err = y.points(ctx, l, run); err != nil {
		return nil, err
	}
	next, err := target.Write(ctx, place, out)
	return &Exported{run.ID, to, place, len(out.Points), next}, err
}

// tracked are the facts of a run in a tracker's words.
func tracked(run launch.Run, project string) export.Run {
	job := run.Job
	params := map[string]string{
		"recipe": job.Recipe, "model": job.Model, "trainer": job.Trainer, "method": job.Method, "window": fmt.Sprint(job.Window),
		"epochs": fmt.Sprint(job.Epochs), "batch": fmt.Sprint(job.Batch), "lr": fmt.Sprint(job.LR), "schedule": job.Schedule,
		"warmup": fmt.Sprint(job.Warmup), "seed": fmt.Sprint(job.Seed), "fingerprint": job.Fingerprint,
	}
	for key, value := range job.Params {
		params["native."+key] = fmt.Sprint(value)
	}
	maps.DeleteFunc(params, func(_, value string) bool { return value == "" })
	tags := map[string]string{"backend": job.Backend, "dataset": job.Dataset.Dir, "state": string(run.State), "attempts": fmt.Sprint(run.N)}
	if cost := run.Dollars(time.Now()); cost != nil {
		tags["cost_dollars"] = fmt.Sprintf("%.2f", *cost)
	}
	return export.Run{
		ID: run.ID, Name: job.Recipe, Project: project, User: run.CreatedBy, State: string(run.State), Params: params, Tags: tags,
		Created: run.CreatedAt, Ended: run.EndedAt,
	}
}

// elapsedKey is how trainers name the seconds since their start.
const elapsedKey = "elapsed_time"

// points are the curves of all keys. A point's time is known where its attempt told the
// seconds since its start.
func (y *Yard) points(ctx context.Context, l *launch.Launcher, run launch.Run) (points []export.Point, err error) {
	attempts, err := l.Ledger.Attempts(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	keys, err := y.keys(ctx, l, run)
	if err != nil {
		return nil, err
	}
	elapsed, err := l.Ledger.Curve(ctx, run.ID, elapsedKey)
	if err != nil {
		return nil, err
	}
	at := map[int64]time.Time{}
	for _, p := range elapsed {
		if start := attempts[p.Attempt-1].StartedAt; !start.IsZero() {
			at[p.Step] = start.Add(time.Duration(float64(p.Value) * float64(time.Second)))
		}
	}
	for _, key := range keys {
		curve, err := l.Ledger.Curve(ctx, run.ID, key)
		if err != nil {
			return nil, err
		}
		for _, p := range curve {
			points = append(points, export.Point{Key: key, Step: p.Step, At: at[p.Step], Value: float64(p.Value)})
		}
	}
	return points, nil
}

func (y *Yard) keys(ctx context.Context, l *launch.Launcher, run launch.Run) ([]string, error) {
	all, err := l.Ledger.Series(ctx, run.ID)
	seen := map[string]bool{}
	for _, s := range all {
		seen[s.Key] = true
	}
	return slices.Sorted(maps.Keys(seen)), err
}
