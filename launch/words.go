package launch

import (
	"errors"
	"io"

	"trainyard/launch/cause"
	"trainyard/launch/files"
	"trainyard/launch/redact"
	"trainyard/launch/task"
)

// SecretName is redact.SecretName.
func SecretName(name string) bool { return redact.SecretName(name) }

// Redact is redact.Here.
func Redact(text string) string { return redact.Here(text) }

// KnowSecret is redact.Know.
func KnowSecret(name, value string) { redact.Know(name, value) }

// Mask overwrites what this process knows to be secret in whole lines of a log; the bytes
// keep their number.
func Mask(log []byte) { redact.Process().Mask(log) }

// MaskFile does that to a file that has reached its end.
func MaskFile(name string) error {
	f, info, err := files.OpenInPlace(name)
	if err != nil {
		return err
	}
	return errors.Join(redact.Process().Stored().Look(f, info.Size(), true), f.Close())
}

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
