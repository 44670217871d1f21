package remote

import (
	"context"
	"errors"
	"fmt"

	"github.com/pkg/sftp"
)

// ErrNoSFTP: the machine's sshd has no sftp subsystem.
var ErrNoSFTP = errors.New("it has no sftp")

// SFTP opens a session for files, for the caller to close.
func (l *Line) SFTP(ctx context.Context) (*sftp.Client, error) {
	c, err := l.connect(ctx)
	if err != nil {
		return nil, err
	}
	type opened struct {
		client *sftp.Client
		err    error
	}
	ready := make(chan opened, 1)
	go func() {
		s, err := sftp.NewClient(c.client, sftp.UseConcurrentWrites(true))
		ready <- opened{s, err}
	}()
	select {
	case o := <-ready:
		if o.err != nil {
			return nil, fmt.Errorf("%s: %w: %w", l.host, ErrNoSFTP, o.err)
		}
		return o.client, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %s opens no sftp: %w", ErrUnreachable, l.host, context.Cause(ctx))
	case <-c.gone:
		return nil, fmt.Errorf("%w: the line to %s was cut", ErrUnreachable, l.host)
	}
}
