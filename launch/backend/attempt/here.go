package attempt

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

// here is the machine that this process runs on.
type here struct{ root string }

// Here is this machine, with its store and the queues of its GPUs below root. An
// empty root is for attempts whose directories are absolute: it has neither.
func Here(root string) Machine { return here{root: root} }

var _ Machine = here{}

// path is where a directory lies: below the root, unless it is absolute.
func (m here) path(dir string) string {
	if filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(m.root, dir)
}

// LookPath implements Machine.
func (here) LookPath(_ context.Context, program string) (string, error) {
	return exec.LookPath(program)
}

// Collected implements Machine.
func (m here) Collected(_ context.Context, dir string) error {
	dir = m.path(dir)
	f, err := os.OpenFile(filepath.Join(dir, collectedName), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return missing(dir, err)
	}
	return errors.Join(f.Sync(), f.Close())
}

// Close implements Machine.
func (here) Close() error { return nil }
