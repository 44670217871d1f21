package launch

import (
	"io"

	"trainyard/launch/cause"
	"trainyard/launch/redact"
	"trainyard/launch/task"
)

// SecretName is redact.SecretName.
func SecretName(name string) bool { return redact.SecretName(name) }

// Redact is redact.Text.
func Redact(text string, environ []string) string { return redact.Text(text, environ) }

// AttemptOf is task.AttemptOf.
func AttemptOf(dir string) int { return task.AttemptOf(dir) }

// RunOf is task.RunOf.
func RunOf(dir string) (name string, isID bool) { return task.RunOf(dir) }

// A Cause is a cause.Cause.
type Cause = cause.Cause

// FindCause is cause.Find.
func FindCause(log io.Reader, redact func(string) string) (Cause, error) {
	return cause.Find(log, redact)
}

// SignalHint is cause.SignalHint.
func SignalHint(signal int) string { return cause.SignalHint(signal) }
