package launch

import (
	"context"
	"errors"
)

// An Update is news of a run that is being watched.
type Update struct {
	Run Run // as the ledger has it now
	// Moved says that the state, its reason, or what is wrong with it is not
	// that of the update before; it is true for the first.
	Moved bool
	// Progress is the newest figure of each kind. Its Step is 0 until the
	// trainer has logged something.
	Progress Metric
	// Lines are the lines of the trainer's log since the update before, oldest
	// first. The first update carries all lines so far.
	Lines []Metric
}

// Watch follows a run from wherever it is and calls emit for every change, in
// order, from this goroutine. It returns the run when it has ended and its last
// lines are told. A look that fails is tried again at the next poll; only when
// maxFailedLooks in a row have failed does Watch return, with the last error and
// the run as last known. An error of emit ends the watching, never the run.
func (l *Launcher) Watch(ctx context.Context, run Run, emit func(Update) error) (Run, error) {
	w := watcher{launcher: l, first: true}
	for failed := 0; ; {
		now, lines, err := w.look(ctx, run)
		run = now
		if err == nil {
			failed = 0
			if err := w.tell(run, lines, emit); err != nil || run.State.Ended() {
				return run, err
			}
		} else if failed++; failed >= maxFailedLooks || ctx.Err() != nil || errors.Is(err, ErrNoRun) {
			return run, err
		}
		if err := l.pause(ctx); err != nil {
			return run, err
		}
	}
}

// maxFailedLooks in a row are no passing trouble, such as a ledger that others
// keep busy or a file server that stutters.
const maxFailedLooks = 5

// A watcher keeps its own place in what the trainer tells, because any other
// process may take the same lines to the ledger first.
type watcher struct {
	launcher *Launcher
	first    bool
	last     Run
	place    place
	progress Metric
}

// look brings the run up to date and reads what its trainer told since.
func (w *watcher) look(ctx context.Context, run Run) (Run, []Metric, error) {
	run, err := w.launcher.Refresh(ctx, run)
	if err != nil && !Unrecorded(err) {
		return run, nil, err
	}
	return run, w.hear(ctx, run), nil
}

// hear reads all that there is: a first look at a long run takes several rounds.
func (w *watcher) hear(ctx context.Context, run Run) (lines []Metric) {
	backend, err := w.launcher.backend(run.Job.Backend)
	if err != nil || run.Handle == "" {
		return nil
	}
	for more := true; more && ctx.Err() == nil; {
		var n news
		n, w.place = w.launcher.hear(ctx, run, backend, w.place, run.State.Ended())
		lines, more = append(lines, n.metrics...), n.more
	}
	return lines
}

// tell calls emit if there is news.
func (w *watcher) tell(run Run, lines []Metric, emit func(Update) error) error {
	moved := w.first || run.State != w.last.State || run.Reason != w.last.Reason || run.Stalled != w.last.Stalled
	w.first, w.last = false, run
	if !moved && len(lines) == 0 {
		return nil
	}
	for _, m := range lines {
		w.progress = w.progress.merge(m)
	}
	return emit(Update{Run: run, Moved: moved, Progress: w.progress, Lines: lines})
}
