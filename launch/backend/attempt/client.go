package attempt

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// Client is the machine at the other end of a session, such as `agent serve ROOT` over
// ssh. Another version of the protocol is ErrProtocol. It owns the session and closes
// it with itself, or when it cannot be used.
func Client(ctx context.Context, session io.ReadWriteCloser) (Machine, error) {
	c := &client{session: session, out: frameWriter{w: session}, waiting: map[uint64]chan<- reply{}, over: make(chan struct{})}
	stop := context.AfterFunc(ctx, func() { _ = session.Close() })
	defer stop()
	r := bufio.NewReaderSize(session, 64<<10)
	if err := greet(r); err != nil {
		return nil, errors.Join(err, context.Cause(ctx), session.Close())
	}
	go c.read(r)
	if _, err := c.Hello(ctx); err != nil {
		return nil, errors.Join(err, session.Close())
	}
	return c, nil
}

// maxNoise is how much a login shell may say before the agent does, in bytes.
const maxNoise = 256 << 10

// greet finds the agent's first line behind what a login shell says.
func greet(r *bufio.Reader) error {
	var noise int
	var first string
	for noise < maxNoise {
		line, err := readLine(r)
		if err != nil {
			return noAgent(first, err)
		}
		text := strings.TrimRight(string(line), "\r")
		if _, version, found := strings.Cut(text, greeting); found {
			return checkVersion(version)
		}
		if noise += len(line) + 1; first == "" {
			first = text
		}
	}
	return noAgent(first, errors.New("it says something else"))
}

func checkVersion(text string) error {
	version, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("the agent there speaks protocol %q: %w", clip(text, 40), ErrProtocol)
	}
	if version != Protocol {
		return otherProtocol(version, Protocol)
	}
	return nil
}

func noAgent(said string, err error) error {
	if said == "" {
		return fmt.Errorf("no agent answered: %w: %w", ErrDisconnected, err)
	}
	return fmt.Errorf("no agent answered, but %q: %w: %w", clip(said, 200), ErrDisconnected, err)
}

type client struct {
	session io.ReadWriteCloser
	out     frameWriter
	over    chan struct{} // closed when no answer will come any more
	end     error         // why, once over is closed

	lock    sync.Mutex
	next    uint64
	waiting map[uint64]chan<- reply
}

type reply struct {
	answer answer
	data   []byte
	err    error
}

// read hands the answers to those who wait for them.
func (c *client) read(r *bufio.Reader) {
	for {
		f, err := readFrame(r)
		if err != nil {
			c.end = fmt.Errorf("%w: %w", ErrDisconnected, err)
			close(c.over)
			return
		}
		c.lock.Lock()
		waits := c.waiting[f.ID]
		delete(c.waiting, f.ID)
		c.lock.Unlock()
		if waits != nil {
			waits <- replyOf(f)
		}
	}
}

func replyOf(f frame) reply {
	if f.Fault != nil {
		return reply{err: f.Fault.received()}
	}
	r := reply{data: f.data}
	r.err = unmarshal(f.Body, &r.answer)
	return r
}

// ask sends a request and waits for its answer. What ctx ends is cancelled there, and
// may have been done all the same.
func (c *client) ask(ctx context.Context, op string, q request, data []byte) (answer, []byte, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return answer{}, nil, err
	}
	answers := make(chan reply, 1)
	id := c.expect(answers)
	defer c.forget(id)
	if err := c.send(ctx, frame{ID: id, Op: op, Body: body, data: data}); err != nil {
		return answer{}, nil, err
	}
	select {
	case r := <-answers:
		return r.answer, r.data, r.err
	case <-c.over:
		select {
		case r := <-answers: // it came just before the end
			return r.answer, r.data, r.err
		default:
			return answer{}, nil, c.end
		}
	case <-ctx.Done():
		go c.cancel(id)
		return answer{}, nil, context.Cause(ctx)
	}
}

// send does not keep a caller whose time is up while the line takes nothing.
func (c *client) send(ctx context.Context, f frame) error {
	text, err := f.encode()
	if err != nil {
		return err
	}
	sent := make(chan error, 1)
	go func() { sent <- c.out.put(text) }()
	select {
	case err := <-sent:
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDisconnected, err)
		}
		return nil
	case <-c.over:
		return c.end
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c *client) cancel(id uint64) {
	if body, err := json.Marshal(request{File: id}); err == nil {
		_ = c.out.write(frame{Op: opCancel, Body: body})
	}
}

func (c *client) expect(answers chan<- reply) uint64 {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.next++
	c.waiting[c.next] = answers
	return c.next
}

func (c *client) forget(id uint64) {
	c.lock.Lock()
	defer c.lock.Unlock()
	delete(c.waiting, id)
}

// Close implements Machine.
func (c *client) Close() error { return c.session.Close() }
