package task

import "errors"

var (
	// ErrClaimed: another process started, or is starting, this attempt.
	ErrClaimed = errors.New("the attempt is already claimed")
	// ErrNeverStarted: nothing was started and nothing will be.
	ErrNeverStarted = errors.New("the attempt was never started")
	// ErrUnseen: whether something was started is not known, since the machine does not
	// answer. With it comes a handle: its Status tells more as soon as more is known, and
	// Stop places the request until then.
	ErrUnseen = errors.New("not known to have started")
	// ErrGone: the attempt's directory was removed.
	ErrGone = errors.New("its directory is gone")
)
