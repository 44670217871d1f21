package yard

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"trainyard/launch"
	"trainyard/launch/bucket"
	"trainyard/launch/fetch"
)

// A FetchRequest is what to bring back of a run.
type FetchRequest struct {
	// Name is below the attempt's directory, such as out or log, or that of a checkpoint
	// alone; empty: the newest whole checkpoint.
	Name    string
	Attempt int    // 0: the newest, or that of the checkpoint
	To      string // a directory, or s3://BUCKET/PREFIX; empty: a directory named after the run, here
	Tell    func(done, total int64)
}

// A Fetch is what was brought, and where to.
type Fetch struct {
	fetch.Fetched
	Dir string `json:"dir"`
}

// Fetch brings files of a run back.
func (y *Yard) Fetch(ctx context.Context, prefix string, req FetchRequest) (Fetch, error) {
	l, run, err := y.Run(ctx, prefix)
	if err != nil {
		return Fetch{}, err
	}
	if err := req.choose(ctx, l, run); err != nil {
		return Fetch{}, err
	}
	if run, err = l.Ledger.RunAt(ctx, run.ID, req.Attempt); err != nil {
		return Fetch{}, err
	}
	if run.Handle == "" {
		return Fetch{}, fmt.Errorf("attempt %d of run %s was never started: there is nothing to fetch", run.N, run.ID)
	}
	source, err := l.Backend(run.Job.Backend)
	if err != nil {
		return Fetch{}, err
	}
	if req.To == "" {
		req.To = fmt.Sprintf("%s-%s", run.ID[:min(8, len(run.ID))], path.Base(req.Name))
	}
	a := fetch.Attempt{Source: source, Run: run.ID, N: run.N, Dir: l.Dir(run), Handle: run.Handle}
	if strings.HasPrefix(req.To, bucket.Scheme) {
		to, err := bucket.Open(req.To)
		if err != nil {
			return Fetch{}, err
		}
		got, err := fetch.ToStore(ctx, a, req.Name, to, req.Tell)
		return Fetch{got, req.To}, err
	}
	got, err := fetch.Fetch(ctx, a, req.Name, req.To, req.Tell)
	return Fetch{got, req.To}, err
}

// FetchBack brings what was fetched into a bucket here.
func (y *Yard) FetchBack(ctx context.Context, place string, req FetchRequest) (Fetch, error) {
	from, err := bucket.Open(place)
	if err != nil {
		return Fetch{}, err
	}
	if req.Name != "" || req.Attempt != 0 {
		return Fetch{}, fmt.Errorf("%s is fetched as a whole: leave out NAME and --attempt", place)
	}
	if req.To == "" {
		req.To = path.Base(place)
	}
	got, err := fetch.FromStore(ctx, from, req.To, req.Tell)
	if err != nil {
		err = fmt.Errorf("fetch %s: %w", place, err)
	}
	return Fetch{got, req.To}, err
}

// choose fills in the name and the attempt.
func (r *FetchRequest) choose(ctx context.Context, l *launch.Launcher, run launch.Run) error {
	saved, err := l.Checkpoints(ctx, run)
	for _, c := range saved {
		named := r.Name == c.Name || r.Name == path.Base(c.Name)
		wanted := named || r.Name == "" && c.Whole
		if !wanted || r.Attempt != 0 && r.Attempt != c.Attempt {
			continue
		}
		if !c.Whole {
			return fmt.Errorf("checkpoint %s of attempt %d is not whole: %s", c.Name, c.Attempt, c.Fault)
		}
		r.Name, r.Attempt = c.Name, c.Attempt
		return nil
	}
	if r.Name == "" {
		return errors.Join(fmt.Errorf("run %s has no whole checkpoint: name what to fetch, such as log or out", run.ID), err)
	}
	if r.Attempt == 0 {
		r.Attempt = run.N
	}
	return nil
}
