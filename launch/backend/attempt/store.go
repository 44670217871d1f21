package attempt

import (
	"context"
	"errors"

	"trainyard/launch/task"
)

// Has implements Machine.
func (m here) Has(_ context.Context, digest string) (int64, bool, error) {
	return 0, false, errors.ErrUnsupported
}

// Put implements Machine.
func (m here) Put(ctx context.Context, digest string, size, offset int64, data []byte) error {
	return errors.ErrUnsupported
}

// Place implements Machine.
func (m here) Place(_ context.Context, dir string, files []task.File) error {
	return errors.ErrUnsupported
}
