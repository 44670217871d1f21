package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/crypto/ssh"

	"trainyard/launch/redact"
)

// A CommandError is a command that ended with a code other than 0.
type CommandError struct {
	Host   string
	Code   int
	Stderr string // at most maxWords of it
}

// Error is the last words of the command.
func (e *CommandError) Error() string {
	words := string(bytes.TrimSpace([]byte(e.Stderr)))
	if words == "" {
		words = "without a word"
	}
	return fmt.Sprintf("a command on %s ended with code %d: %s", e.Host, e.Code, words)
}

// maxWords bounds what is kept of a command's output, in bytes.
const maxWords = 1 << 20

// Run runs a command line on the machine and returns its standard output. line goes
// to the user's shell there: make it with [Quote]. stdin may be nil. The end of ctx
// leaves the command alone and gives up the wait.
func (l *Line) Run(ctx context.Context, line string, stdin io.Reader) ([]byte, error) {
	session, c, err := l.session(ctx)
	if err != nil {
		return nil, err
	}
	var stdout, stderr capped
	session.Stdin, session.Stdout, session.Stderr = stdin, &stdout, &stderr
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(ignoreEOF(session.Run(line)), ignoreEOF(session.Close())) }()
	select {
	case err = <-ended:
	case <-ctx.Done():
		_ = session.Close()
		return nil, fmt.Errorf("%w: a command on %s gave no answer: %w", ErrUnreachable, l.host, context.Cause(ctx))
	case <-c.gone:
		return nil, fmt.Errorf("%w: the line to %s was cut", ErrUnreachable, l.host)
	}
	return stdout.data(), l.commandError(err, stderr.data())
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (l *Line) commandError(err error, stderr []byte) error {
	var exit *ssh.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit):
		return &CommandError{Host: l.host.String(), Code: exit.ExitStatus(), Stderr: redact.Here(string(stderr))}
	}
	return fmt.Errorf("%w: a command on %s: %w", ErrUnreachable, l.host, err)
}

// session opens a session on the connection. Where sshd refuses one (MaxSessions),
// that is no cut.
func (l *Line) session(ctx context.Context) (*ssh.Session, *connection, error) {
	c, err := l.connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	type opened struct {
		session *ssh.Session
		err     error
	}
	ready := make(chan opened, 1)
	go func() {
		s, err := c.client.NewSession()
		ready <- opened{s, err}
	}()
	select {
	case o := <-ready:
		if o.err != nil {
			return nil, nil, fmt.Errorf("%w: open a session on %s: %w", ErrUnreachable, l.host, o.err)
		}
		return o.session, c, nil
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("%w: %s opens no session: %w", ErrUnreachable, l.host, context.Cause(ctx))
	case <-c.gone:
		return nil, nil, fmt.Errorf("%w: the line to %s was cut", ErrUnreachable, l.host)
	}
}

// A Stream is a running command: what is read is its standard output, what is
// written its standard input.
type Stream struct {
	io.Reader
	io.WriteCloser
	session *ssh.Session
	closing sync.Once
}

// Stream starts a command line, as Run does, and leaves it running.
func (l *Line) Stream(ctx context.Context, line string) (*Stream, error) {
	session, _, err := l.session(ctx)
	if err != nil {
		return nil, err
	}
	in, errIn := session.StdinPipe()
	out, errOut := session.StdoutPipe()
	s := &Stream{Reader: out, WriteCloser: in, session: session}
	if err := errors.Join(errIn, errOut, session.Start(line)); err != nil {
		_ = session.Close()
		return nil, fmt.Errorf("%w: start a command on %s: %w", ErrUnreachable, l.host, err)
	}
	return s, nil
}

// Close ends the session; the command sees the end of its input.
func (s *Stream) Close() error {
	var err error
	// The end of the input is not sent by itself: x/crypto/ssh marks it without a lock
	// that its writers hold, and the end of the session says as much.
	s.closing.Do(func() { err = ignoreEOF(s.session.Close()) })
	return err
}

// capped keeps the first bytes that are written to it and takes all.
type capped struct {
	mu   sync.Mutex
	kept []byte
}

func (c *capped) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = append(c.kept, p[:min(len(p), maxWords-len(c.kept))]...)
	return len(p), nil
}

func (c *capped) data() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Clone(c.kept)
}
