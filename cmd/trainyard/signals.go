package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// errInterrupted and errTerminated are why a context ended by a signal.
var (
	errInterrupted = errors.New("interrupted")
	errTerminated  = errors.New("terminated")
)

// patience is how long a command that a person typed may take to end well
// after a signal. What is cut off then is no worse than what a power cut
// leaves, which every command is made for.
const patience = 700 * time.Millisecond

// signals end the program: the first ends the context, with the signal as its
// cause, and a second kills the usual way.
type signals struct {
	patient atomic.Bool // the command ends in its own time: it saves something
	giveUp  func(cause error)
}

// watch is a context that Ctrl-C and SIGTERM end. Should the command not have
// ended after patience, because it waits for a file that nothing is written to
// or is inside a record that takes long, giveUp ends the program.
func (s *signals) watch(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	caught, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(caught, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case got := <-caught:
			signal.Stop(caught)
			cause := map[os.Signal]error{os.Interrupt: errInterrupted, syscall.SIGTERM: errTerminated}[got]
			cancel(cause)
			s.wait(done, cause)
		case <-done:
		}
	}()
	return ctx, func() { signal.Stop(caught); close(done); cancel(nil) }
}

func (s *signals) wait(done <-chan struct{}, cause error) {
	if s.patient.Load() {
		return
	}
	select {
	case <-done:
	case <-time.After(patience):
		s.giveUp(cause)
	}
}

// plainError replaces the many ways of telling an ended context by the
// signal that ended it.
func plainError(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	if cause != nil && (errors.Is(err, context.Canceled) || errors.Is(err, cause)) {
		return cause
	}
	return err
}
