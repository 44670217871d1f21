package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// ErrUnreachable: nothing can be said about the machine from here. It may run all
// the same.
var ErrUnreachable = errors.New("the machine cannot be reached")

// dialLimit is how long one hop may take to connect and to agree on keys.
const dialLimit = 10 * time.Second

// dial connects through all jumps. closeAll ends the whole chain.
func (t *target) dial(ctx context.Context) (client *ssh.Client, closeAll func(), err error) {
	var chain []*ssh.Client
	closeAll = func() {
		for i := len(chain) - 1; i >= 0; i-- {
			_ = chain[i].Close() // its end is what was wanted
		}
	}
	for _, hop := range append(t.jumps, t) {
		if client, err = hop.connect(ctx, client); err != nil {
			closeAll()
			if hop != t {
				err = fmt.Errorf("jump host of %s: %w", t.name, err)
			}
			return nil, nil, err
		}
		chain = append(chain, client)
	}
	return client, closeAll, nil
}

// connect makes one hop, from here or from the machine before it.
func (t *target) connect(ctx context.Context, from *ssh.Client) (*ssh.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	conn, err := t.open(ctx, from)
	if unknown := (*net.DNSError)(nil); errors.As(err, &unknown) && unknown.IsNotFound {
		return nil, fmt.Errorf("%w: connect to %s: no address is known for it: write it as [USER@]ADDRESS, or give it a HostName in ~/.ssh/config: %w", ErrUnreachable, t.name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: connect to %s (%s): %w", ErrUnreachable, t.name, t.address, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	return t.shake(ctx, conn)
}

func (t *target) open(ctx context.Context, from *ssh.Client) (net.Conn, error) {
	if from != nil {
		return from.DialContext(ctx, "tcp", t.address)
	}
	// The line looks after itself; see Line.watch.
	dialer := net.Dialer{KeepAlive: -1}
	return dialer.DialContext(ctx, "tcp", t.address)
}

// shake agrees with the machine on keys, and shows it ours.
func (t *target) shake(ctx context.Context, conn net.Conn) (*ssh.Client, error) {
	check, err := newKeyCheck(t)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	ring := t.keyring()
	defer ring.close()
	config := &ssh.ClientConfig{
		User:              t.user,
		Auth:              []ssh.AuthMethod{ssh.PublicKeys(ring.signers...)},
		HostKeyCallback:   check.check,
		HostKeyAlgorithms: check.algorithms(),
	}
	c, channels, requests, err := ssh.NewClientConn(conn, t.address, config)
	if err != nil {
		_ = conn.Close()
		return nil, t.refused(ctx, err, ring)
	}
	return ssh.NewClient(c, channels, requests), nil
}

// refused sorts the errors of a handshake by what they say about a second try.
func (t *target) refused(ctx context.Context, err error, ring keyring) error {
	switch {
	case errors.Is(err, ErrHostKey):
		return fmt.Errorf("connect to %s: %w", t.name, err)
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %s (%s) does not answer as ssh does: %w", ErrUnreachable, t.name, t.address, context.Cause(ctx))
	case strings.Contains(err.Error(), "unable to authenticate"):
		return fmt.Errorf("connect to %s as %s: %w: %s", t.name, t.user, ErrAuth, ring.words())
	}
	return fmt.Errorf("%w: connect to %s (%s): %w", ErrUnreachable, t.name, t.address, err)
}
