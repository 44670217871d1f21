package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"trainyard/launch/redact"
)

// Logs copies the trainer's output, from byte offset on, to w, with a mask of the same
// length over what this process knows to be secret. With follow it
// goes on as more is written and returns when the run has ended and all is
// copied; a line that has no end yet comes when nothing follows on it for a look. A run that left no log, because its directory is gone or because it
// never started, is an error that says so.
func (l *Launcher) Logs(ctx context.Context, run Run, w io.Writer, offset int64, follow bool) error {
	masked := redact.NewWriter(w)
	return errors.Join(l.logs(ctx, run, masked, offset, follow), masked.Flush())
}

func (l *Launcher) logs(ctx context.Context, run Run, w *redact.Writer, offset int64, follow bool) error {
	for {
		// Looked up before the copy: what an ended run wrote is all there.
		ended := !follow
		if follow {
			var err error
			if run, err = l.Refresh(ctx, run); err != nil {
				return err
			}
			ended = run.State.Ended()
		}
		n, err := l.copyLog(ctx, run, w, offset)
		if err != nil || ended {
			return err
		}
		offset += n
		if n == 0 {
			err = w.Flush()
		}
		if err := errors.Join(err, l.pause(ctx)); err != nil {
			return err
		}
	}
}

func (l *Launcher) copyLog(ctx context.Context, run Run, w io.Writer, offset int64) (int64, error) {
	backend, err := l.backend(run.Job.Backend)
	if err != nil {
		return 0, err
	}
	r, err := backend.Open(ctx, l.Dir(run), run.Handle, LogName)
	if run.Handle == "" && errors.Is(err, ErrGone) {
		err = fs.ErrNotExist // not made yet
	}
	if errors.Is(err, fs.ErrNotExist) && run.State.Ended() {
		return 0, fmt.Errorf("run %s left no log; it ended as %s: %s", run.ID, run.State, run.Reason)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("log of run %s: %w", run.ID, err)
	}
	defer r.Close()
	n, err := io.Copy(w, r.From(offset))
	if err != nil {
		return n, fmt.Errorf("log of run %s: %w", run.ID, err)
	}
	return n, nil
}
