package launch

import "context"

// DieAt calls f at the points between which a launcher may be killed.
func (l *Launcher) DieAt(f func(point string)) { l.at = f }

// Begin starts a run that is pending in the ledger, without the lock that
// keeps a second launcher of the same run away.
func (l *Launcher) Begin(ctx context.Context, run Run, cmd Command) (Run, error) {
	return l.begin(ctx, run, cmd, l.Backends[run.Job.Backend])
}

var everyState = []State{Pending, Starting, Queued, Running, Stopping, Succeeded, Failed, Cancelled, Preempted, Lost}
