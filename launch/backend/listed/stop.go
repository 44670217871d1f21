package listed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/files"
)

// Stop implements launch.Backend. Where the attempt's directory is seen here, the
// script is asked by a file there, and gives the grace; a second Stop, when that is
// long over, and any Stop elsewhere has the service cancel the job, with a grace of its
// own. The request is kept, so that an end is known to be ours.
func (b *Backend) Stop(ctx context.Context, dir string, text launch.Handle, grace time.Duration) error {
	name, err := b.read(text)
	if err != nil || exists(dir, endName) {
		return err
	}
	b.forget()
	jobs, err := b.list(ctx)
	if err != nil {
		return fmt.Errorf("%s: stop: %w", b.Place.Name, err)
	}
	var faults []error
	for _, j := range named(jobs, name) {
		if !j.State.Ended() {
			faults = append(faults, b.stop(ctx, dir, j, grace))
		}
	}
	b.forget()
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("%s: stop: %w", b.Place.Name, err)
	}
	return nil
}

// patience is how long after its grace a job may go on that its script was to end.
const patience = time.Minute

// A stopRequest is what was asked for first.
type stopRequest struct {
	At    time.Time     `json:"at"`
	Grace time.Duration `json:"grace_ns"`
}

func (b *Backend) stop(ctx context.Context, dir string, j Job, grace time.Duration) error {
	var first stopRequest
	asked, err := files.ReadJSON(dir, stopName, &first)
	if err != nil {
		return err
	}
	if !asked {
		first = stopRequest{b.now(), grace}
		if err := files.WriteJSON(dir, stopName, first); err != nil {
			return err
		}
	}
	overdue := b.now().Sub(first.At) > first.Grace+patience
	here, seen := b.Volumes.Here(b.there(dir))
	if seen && exists(here, "begun") && !overdue {
		return files.Write(here, "stop", fmt.Appendln(nil, carry.Seconds(grace)))
	}
	return b.Service.Cancel(ctx, j)
}
