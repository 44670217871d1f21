package launch

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// listen reads what the trainer told and stores it. ended says that no more will
// come. It is optional: nothing that fails here keeps the run from being right
// otherwise.
func (l *Launcher) listen(ctx context.Context, run Run, backend Backend, ended bool) Run {
	var fault error
	inTime := within(ctx, l.limit(), func(ctx context.Context) error {
		return l.store(ctx, run, backend, ended)
	}, func(err error) { fault = err })
	now, err := l.reload(context.WithoutCancel(ctx), run)
	if !inTime {
		fault = errTooLong
	}
	if fault = errors.Join(fault, err); fault != nil {
		now.Trouble = errorWords(fault)
	}
	return now
}

var errTooLong = errors.New("what its trainer told takes long to read; the rest is read next time")

// store hears and stores in rounds, so that any amount is read in bounded memory
// and what is read stays read.
func (l *Launcher) store(ctx context.Context, run Run, backend Backend, ended bool) error {
	for {
		p, stored, err := l.Ledger.place(ctx, run.ID, run.N)
		if err != nil {
			return err
		}
		n, next := l.hear(ctx, run, backend, p, ended)
		if !n.any(stored, next, run, ended) {
			return nil
		}
		if err := l.Ledger.store(ctx, run.ID, run.N, stored, next, n, ended && !n.more); err != nil {
			return err
		}
		if !n.more || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// any reports whether there is something to store.
func (n news) any(stored string, next place, run Run, ended bool) bool {
	now, err := json.Marshal(next)
	return err != nil || string(now) != stored || len(n.metrics) > 0 || len(n.beside) > 0 || n.unread > 0 || errorWords(n.trouble) != run.Trouble || n.moved(run) || ended && !run.heard
}

// moved reports whether the log was written since the newest figure is known to
// have been.
func (n news) moved(run Run) bool {
	return !n.at.IsZero() && n.at.UnixMilli() != run.ToldAt.UnixMilli()
}

// limit is how long reading may take that nothing depends on.
func (l *Launcher) limit() time.Duration { return 5 * time.Second }
