package attempt

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"syscall"

	"trainyard/launch/files"
	"trainyard/launch/task"
)

// A fault is an error on its way through a session: its words, and the name of what a
// caller branches on.
type fault struct {
	Kind string `json:"kind,omitempty"`
	Text string `json:"text"`
	kind error
}

func (f *fault) Error() string { return f.Text }

func (f *fault) Unwrap() error { return f.kind }

// kinds are the errors that a caller branches on. The first that fits is told, so those
// that wrap others come first.
var kinds = []struct {
	name string
	err  error
}{
	{"claimed", task.ErrClaimed},
	{"never started", task.ErrNeverStarted},
	{"gone", task.ErrGone},
	{"no space", ErrNoSpace},
	{"no space", syscall.ENOSPC},
	{"offset", ErrOffset},
	{"digest", ErrDigest},
	{"protocol", ErrProtocol},
	{"program not found", exec.ErrNotFound},
	{"not regular", files.ErrNotRegular},
	{"not exist", fs.ErrNotExist},
	{"permission", fs.ErrPermission},
	{"cancelled", context.Canceled},
	{"late", context.DeadlineExceeded},
}

func faultOf(err error) *fault {
	f := &fault{Text: err.Error()}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			f.Kind = k.name
			break
		}
	}
	return f
}

// received gives a fault that came through a session what it wraps.
func (f *fault) received() error {
	for _, k := range kinds {
		if k.name == f.Kind {
			f.kind = k.err
			break
		}
	}
	return f
}
