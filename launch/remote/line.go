package remote

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// A Line is the way to one machine. It may be used by many at once, who share one
// connection.
type Line struct {
	host Host

	mu      sync.Mutex
	now     *connection // nil: not connected
	dialing *dialing    // nil: no one is
	failed  error       // of the last try
	again   time.Time   // before that, no other try
	wait    time.Duration
	closed  bool
}

// A connection lives until it is cut. gone is closed then.
type connection struct {
	client *ssh.Client
	close  func()
	gone   chan struct{}
}

type dialing struct {
	done chan struct{}
	conn *connection
	err  error
}

// NewLine is the way to the host; nothing is connected yet.
func NewLine(host Host) *Line { return &Line{host: host} }

// Host is what the line was made of.
func (l *Line) Host() Host { return l.host }

// Close hangs up. The line can be used no more.
func (l *Line) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.now != nil {
		l.now.close()
		l.now = nil
	}
	return nil
}

// Times of a line. A cable that is out for five seconds cuts nothing; one that
// stays out is noticed after twenty.
const (
	beat       = 5 * time.Second  // between two signs of life
	silence    = 20 * time.Second // without one, the line is cut
	firstWait  = time.Second      // before a second try to connect
	longestGap = 30 * time.Second // between two tries
)

// connect gives the connection, or makes one. Those who come while it is being
// made wait for it, and those who come soon after a failure get that failure, so
// that many runs on a dead machine do not wait one after the other.
func (l *Line) connect(ctx context.Context) (*connection, error) {
	l.mu.Lock()
	switch {
	case l.closed:
		l.mu.Unlock()
		return nil, fmt.Errorf("the line to %s was closed", l.host)
	case l.now != nil:
		defer l.mu.Unlock()
		return l.now, nil
	case l.dialing == nil && l.failed != nil && time.Now().Before(l.again):
		defer l.mu.Unlock()
		return nil, l.failed
	case l.dialing == nil:
		l.dialing = &dialing{done: make(chan struct{})}
		// One who gives up must not take the others' connection along.
		go l.dial(context.WithoutCancel(ctx), l.dialing)
	}
	d := l.dialing
	l.mu.Unlock()
	select {
	case <-d.done:
		return d.conn, d.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: connect to %s: %w", ErrUnreachable, l.host, context.Cause(ctx))
	}
}

func (l *Line) dial(ctx context.Context, d *dialing) {
	conn, err := l.newConnection(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	defer close(d.done)
	l.dialing, l.failed = nil, err
	d.conn, d.err = conn, err
	if err != nil {
		l.wait = min(max(firstWait, 2*l.wait), longestGap)
		l.again = time.Now().Add(l.wait)
		return
	}
	l.wait = 0
	if l.closed {
		conn.close()
		return
	}
	l.now = conn
	go l.watch(conn)
}

func (l *Line) newConnection(ctx context.Context) (*connection, error) {
	t, err := l.host.resolve()
	if err != nil {
		return nil, err
	}
	client, closeAll, err := t.dial(ctx)
	if err != nil {
		return nil, err
	}
	return &connection{client: client, close: closeAll, gone: make(chan struct{})}, nil
}

// watch keeps the line busy, so that routers do not forget it, and cuts it when the
// machine is silent.
func (l *Line) watch(c *connection) {
	ended := make(chan struct{})
	go func() {
		_ = c.client.Wait() // why it ended does not matter: what was under way tells
		close(ended)
	}()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	answered, last := make(chan struct{}, 1), time.Now()
	waiting := false
	for {
		select {
		case <-ended:
			l.drop(c)
			return
		case <-answered:
			last, waiting = time.Now(), false
		case <-tick.C:
			if waiting && time.Since(last) > silence {
				go c.close() // which may wait for the machine
				l.drop(c)
				return
			}
			if !waiting {
				waiting, last = true, time.Now()
				go func() {
					if _, _, err := c.client.SendRequest("keepalive@openssh.com", true, nil); err == nil {
						answered <- struct{}{}
					}
				}()
			}
		}
	}
}

// drop forgets a connection that ended; the next one who needs the line makes
// another.
func (l *Line) drop(c *connection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now == c {
		l.now = nil
	}
	close(c.gone)
}
