package ssh

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trainyard/launch"
	"trainyard/launch/files"
)

// wishName is a file in the attempt's directory here: that its end was asked for while it
// was not known to have started.
const wishName = "ssh-stop.json"

// A wish is that file.
type wish struct {
	At    time.Time     `json:"at"`
	Grace time.Duration `json:"grace"`
}

// lostAfter is far longer than a large server takes to start again.
const lostAfter = 15 * time.Minute

// see looks for what was started of an attempt that is not known to have. Where that is
// known now, found has its nodes; else status is all there is.
func (s *SSH) see(ctx context.Context, dir string, c choice) (found choice, status *launch.Status, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	w, wished, err := wishOf(dir)
	if err != nil {
		return c, nil, err
	}
	found, err = s.find(ctx, c)
	switch {
	case err == nil:
		return found, nil, nil
	case errors.Is(err, launch.ErrNeverStarted):
		return c, neverStarted(wished), nil
	case !passing(ctx, err):
		return c, nil, err
	}
	if wished { // of several hosts, some may answer
		err = errors.Join(err, s.stopNodes(ctx, found, w.Grace))
	}
	return c, c.outOfSight(wished, err), nil
}

func wishOf(dir string) (w wish, wished bool, err error) {
	wished, err = files.ReadJSON(dir, wishName, &w)
	return w, wished, err
}

// grant asks those nodes that have not ended for an end that was asked for meanwhile.
func (s *SSH) grant(ctx context.Context, dir string, c choice, all []launch.Status) error {
	w, wished, err := wishOf(dir)
	if err != nil || !wished {
		return err
	}
	return s.stopOthers(ctx, c, all, w.Grace)
}

func neverStarted(wished bool) *launch.Status {
	status := launch.NeverStarted()
	if wished {
		status = launch.Status{State: launch.Cancelled, Code: -1, EndedAt: status.EndedAt, Reason: "stopped on request; it had not started"}
	}
	return &status
}

// outOfSight is lost after a while, or once its end was asked for, as a wait for that would
// be one for a host that may never answer. What is lost is looked for all the same.
func (c choice) outOfSight(wished bool, err error) *launch.Status {
	status := &launch.Status{State: launch.Running, Code: -1, LastKnown: true}
	status.Reason = fmt.Sprintf("%v: the trainyard that was starting it died, and since %s a host does not answer: %v", launch.ErrUnseen, c.Unseen.Format(time.DateTime), err)
	if wished || time.Since(c.Unseen) > lostAfter {
		status.State, status.LastKnown = launch.Lost, false
	}
	if wished {
		status.Reason += "; it is ended when the host answers"
	}
	return status
}

// stopUnseen asks what was started to end, and keeps the request for the hosts that do
// not answer.
func (s *SSH) stopUnseen(ctx context.Context, dir string, c choice, grace time.Duration) error {
	found, err := s.find(ctx, c)
	if errors.Is(err, launch.ErrNeverStarted) {
		return nil
	}
	if err = errors.Join(err, s.stopNodes(ctx, found, grace)); err == nil || !passing(ctx, err) {
		return err
	}
	return files.WriteJSON(dir, wishName, wish{time.Now(), grace})
}
