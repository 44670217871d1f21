package task

import "errors"

var (
	// ErrClaimed: another process started, or is starting, this attempt.
	ErrClaimed = errors.New("the attempt is already claimed")
	// ErrNeverStarted: nothing was started and nothing will be.
	ErrNeverStarted = errors.New("the attempt was never started")
	// ErrGone: the attempt's directory was removed.
	ErrGone = errors.New("its directory is gone")
)
