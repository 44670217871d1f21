package launch

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"trainyard/launch/cause"
	"trainyard/launch/redact"
)

// A Diagnosis is the kind of trouble that ended an attempt, the lines that show it, and
// what follows.
type Diagnosis struct {
	cause.Finding
	cause.Policy
}

// maxDiagnosed is how much of the end of a log is looked at.
const maxDiagnosed = 4 << 20

// Diagnose says what ended an attempt that did not succeed. What the backend and the
// supervisor know comes first, then the trainer's own exception, then lines of its log.
// The class is empty for a run that goes on, or that succeeded, or was cancelled.
func (l *Launcher) Diagnose(ctx context.Context, run Run) (Diagnosis, error) {
	if !run.State.Ended() || run.State == Succeeded || run.State == Cancelled {
		return Diagnosis{}, nil
	}
	finding := known(run)
	var err error
	if finding.Class == "" {
		finding, err = l.classify(ctx, run)
	}
	return Diagnosis{finding, cause.Policies[finding.Class]}, err
}

// known is what needs no log. The words are those of reasons that launch itself, its
// backends and the supervisor write.
func known(run Run) cause.Finding {
	lines := []string{run.Reason}
	says := func(words string) bool { return strings.Contains(run.Reason, words) }
	switch {
	case run.State == Preempted:
		return cause.Finding{Class: cause.Preempted, Lines: lines}
	case says("it told nothing for"):
		return cause.Finding{Class: cause.Stalled, Lines: lines}
	case says("its deadline"):
		return cause.Finding{Class: cause.OverTime, Lines: lines}
	case says("its budget"):
		return cause.Finding{Class: cause.OverBudget, Lines: lines}
	case says("killed for want of memory in this run's control group"):
		return cause.Finding{Class: cause.HostMemory, Lines: lines}
	}
	return cause.Finding{}
}

// classify reads the end of the log.
func (l *Launcher) classify(ctx context.Context, run Run) (cause.Finding, error) {
	none := cause.Finding{Class: cause.Unrecognized}
	if run.Diverged {
		none = cause.Finding{Class: cause.NotFinite, Lines: []string{run.Reason}}
	}
	backend, err := l.backend(run.Job.Backend)
	if err != nil {
		return none, err
	}
	f, err := backend.Open(ctx, l.Dir(run), run.Handle, LogName)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrGone) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	defer f.Close()
	from := max(0, f.Size-maxDiagnosed)
	clean := redact.Process().Text
	return diagnosed(func() io.Reader { return io.LimitReader(f.From(from), maxDiagnosed) }, none, clean)
}

// diagnosed reads a log twice: for the exception that ended the run, then for what it
// shows besides. What stands before that exception is what the trainer went on after.
func diagnosed(log func() io.Reader, none cause.Finding, clean func(string) string) (cause.Finding, error) {
	root, err := cause.Find(log(), clean)
	if err != nil {
		return none, err
	}
	after := int64(0)
	if root.Own {
		after = root.At
	}
	found, err := cause.Classify(log(), after, clean)
	return chosen(found, root, none), err
}

// chosen prefers the trainer's own exception to lines that may be another rank's.
func chosen(found cause.Finding, root cause.Cause, none cause.Finding) cause.Finding {
	if root.Text != "" && root.Own {
		if class, known := cause.Of(root.Text); known && class != found.Class {
			return cause.Finding{Class: class, Lines: []string{root.Text}}
		} else if !known && found.Class == cause.Collective {
			return cause.Finding{Class: cause.Unrecognized, Lines: []string{root.Text}}
		}
	}
	if found.Class == cause.Unrecognized {
		if none.Lines == nil && root.Text != "" {
			none.Lines = []string{root.Text}
		}
		return none
	}
	return found
}
