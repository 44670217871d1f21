package main

import (
	"context"
	"errors"
	"strings"

	"trainyard/cmd/trainyard/smoke"
	"trainyard/mix"
	"trainyard/recipes"
)

// The exit codes of the program, documented in the root command's help.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitOccupied    = 3
	exitRunFailed   = 4
	exitInterrupted = 130
	exitTerminated  = 143
)

// A usageError is a command line that cannot be meant.
type usageError struct{ error }

// errRunNotSucceeded ends a command that followed a run to a bad end. The run
// has told its story already.
var errRunNotSucceeded = errors.New("the run did not succeed")

// errNotEvaluated is the same of a run that succeeded, for its evaluations.
var errNotEvaluated = errors.New("the run succeeded, but not all of its evaluations did")

func exitCode(ctx context.Context, err error) int {
	var usage usageError
	var faults recipes.Faults
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, smoke.ErrStopped):
		return exitTerminated
	case ctx.Err() != nil:
		return signalCode(context.Cause(ctx))
	case errors.As(err, &usage), errors.As(err, &faults), isCobraUsage(err):
		return exitUsage
	case errors.Is(err, mix.ErrOccupied):
		return exitOccupied
	case errors.Is(err, errRunNotSucceeded), errors.Is(err, errNotEvaluated), errors.Is(err, errSweepNotSucceeded):
		return exitRunFailed
	}
	return exitFailed
}

// signalCode is how shells tell which signal ended a program.
func signalCode(cause error) int {
	if cause == errTerminated {
		return exitTerminated
	}
	return exitInterrupted
}

// isCobraUsage knows cobra's own complaints, which have no type.
func isCobraUsage(err error) bool {
	for _, start := range []string{"unknown command", "accepts ", "requires at least", "unknown flag", "invalid argument"} {
		if strings.HasPrefix(err.Error(), start) {
			return true
		}
	}
	return false
}
