package attempt

import (
	"context"
	"errors"
	"io"
)

// Serve answers the requests of one session, JSON lines on r and w, for the machine it
// runs on, until r ends. Attempts that it started go on.
func Serve(ctx context.Context, r io.Reader, w io.Writer, root string) error {
	return errors.ErrUnsupported
}

// Client is the machine at the other end of a session, such as `agent serve ROOT` over
// ssh. It says hello first: another version of the protocol is ErrProtocol.
func Client(ctx context.Context, session io.ReadWriteCloser) (Machine, error) {
	return nil, errors.ErrUnsupported
}
