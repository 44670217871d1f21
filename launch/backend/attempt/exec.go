package attempt

import (
	"context"
	"errors"
)

// Exec implements Machine.
func (here) Exec(ctx context.Context, argv []string, stdin []byte) (Result, error) {
	return Result{}, errors.ErrUnsupported
}
