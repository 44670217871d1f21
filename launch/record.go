package launch

import (
	"context"
	"errors"
	"time"
)

// record writes a status to the ledger and returns the run as it stands then. Where
// nothing can be recorded the run says what the ledger cannot.
func (l *Launcher) record(ctx context.Context, run Run, status Status) (Run, error) {
	next := change(status, run)
	err := l.write(ctx, run, status, next)
	if err == nil && status.Facts.News(run.Facts) {
		err = l.Ledger.Learn(ctx, run.ID, run.N, status.Facts)
	}
	if Unrecorded(err) {
		return run.changed(next), err
	}
	if err != nil {
		return run, err
	}
	return l.reload(ctx, run)
}

func (l *Launcher) write(ctx context.Context, run Run, status Status, change Change) error {
	switch {
	case !status.State.Live(), moves(status, run):
		return l.advanceUnlessEnded(ctx, run, change)
	case run.State == Lost && status.LastKnown:
		return nil // what was merely last known does not find a lost run
	case run.State == Lost:
		return l.advanceUnlessEnded(ctx, run, change)
	case !status.StartedAt.IsZero() && status.StartedAt.Sub(run.StartedAt).Abs() > clockSlip:
		return l.Ledger.setStart(ctx, run.ID, run.N, status.StartedAt)
	case status.Reason != "" && status.Reason != run.Reason:
		return l.Ledger.Note(ctx, run.ID, run.N, status.Reason)
	}
	return nil
}

// moves reports whether a live attempt went from the queue to its machine, or back.
func moves(s Status, run Run) bool { return run.State.Live() && s.State != run.State && !s.LastKnown }

// clockSlip is more than two looks at the same start differ by, unless a clock was
// set or the start was not known.
const clockSlip = 30 * time.Second

// change is the step that a status asks for.
func change(s Status, run Run) Change {
	c := Change{To: s.State, Reason: s.Reason, NeverStarted: s.NeverStarted, StartedAt: s.StartedAt, EndedAt: s.EndedAt, Signal: s.Signal}
	if s.Code >= 0 && s.State.Ended() {
		c.Code = &s.Code
	}
	switch {
	case s.State.Live() && run.State == Lost:
		c.Reason, c.StartedAt = "found again", time.Time{}
		if s.Reason != "" {
			c.Reason += ": " + s.Reason
		}
	case s.State.Live():
		if run.State == Stopping || s.LastKnown {
			c.To = run.State // asked to end already, or no news
		}
		if s.Reason == "" {
			c.Reason = run.Reason
		}
	case c.EndedAt.IsZero():
		c.EndedAt = time.Now()
	}
	return c
}

// changed is the run after a change that could not be written.
func (r Run) changed(c Change) Run {
	r.State, r.Reason, r.NeverStarted = c.To, c.Reason, c.NeverStarted
	if !c.StartedAt.IsZero() {
		r.StartedAt = c.StartedAt
	}
	if c.To.Ended() {
		r.EndedAt, r.ExitCode, r.Signal = c.EndedAt, c.Code, c.Signal
	}
	return r
}

// advanceUnlessEnded leaves alone what another process saw the end of first.
func (l *Launcher) advanceUnlessEnded(ctx context.Context, run Run, change Change) error {
	_, err := l.Ledger.Advance(ctx, run.ID, run.N, change)
	var overtaken *TransitionError
	if errors.As(err, &overtaken) && overtaken.From.Ended() {
		return nil
	}
	return err
}
