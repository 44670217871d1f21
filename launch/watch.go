package launch

import "context"

// An Update is news of a run that is being watched.
type Update struct {
	Run Run // as the ledger has it now
	// Moved says that the state, or its reason, is not that of the update
	// before; it is true for the first.
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
// lines are told. An error of emit ends the watching, never the run.
func (l *Launcher) Watch(ctx context.Context, run Run, emit func(Update) error) (Run, error) {
	w := watcher{launcher: l, first: true}
	for {
		var err error
		if run, err = l.Refresh(ctx, run); err != nil {
			return run, err
		}
		if err := w.look(ctx, run, emit); err != nil || run.State.Ended() {
			return run, err
		}
		if err := l.pause(ctx); err != nil {
			return run, err
		}
	}
}

// A watcher keeps its own place in the progress file, because any other
// process may take the same lines to the ledger first.
type watcher struct {
	launcher *Launcher
	first    bool
	last     Run
	offset   int64
	progress Metric
}

func (w *watcher) look(ctx context.Context, run Run, emit func(Update) error) error {
	lines, err := w.read(ctx, run)
	if err != nil {
		return err
	}
	moved := w.first || run.State != w.last.State || run.Reason != w.last.Reason
	w.first, w.last = false, run
	if !moved && len(lines) == 0 {
		return nil
	}
	for _, m := range lines {
		w.progress = w.progress.merge(m)
	}
	return emit(Update{Run: run, Moved: moved, Progress: w.progress, Lines: lines})
}

func (w *watcher) read(ctx context.Context, run Run) ([]Metric, error) {
	if run.Progress == "" || run.Handle == "" {
		return nil, nil
	}
	lines, n, err := w.launcher.tail(ctx, run, w.launcher.Backends[run.Job.Backend], w.offset)
	w.offset += n
	return lines, err
}
