package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/remote"
	"trainyard/launch/task"
)

// An AgentFor gives the file of the agent for a machine, by GOOS and GOARCH.
type AgentFor func(ctx context.Context, system, arch string) (file string, err error)

// A Place is where a session works on its machine.
type Place struct {
	// Root is its directory there: absolute, or below the home directory.
	Root string
	// Path are directories that programs are looked for in, before those of PATH.
	Path []string
	// Agent finds the agent to bring.
	Agent AgentFor
}

// A Machine is the attempt.Machine at the end of a line.
type Machine struct {
	line  *remote.Line
	place Place

	mu      sync.Mutex
	now     *open
	opening *opening
}

// An open session, with what its machine said of itself.
type open struct {
	machine attempt.Machine
	box     attempt.Box
	agent   string // its path there
}

type opening struct {
	done chan struct{}
	open *open
	err  error
}

var _ attempt.Machine = (*Machine)(nil)

// New is the machine at the end of the line. Nothing is connected yet.
func New(line *remote.Line, place Place) *Machine { return &Machine{line: line, place: place} }

// openLimit is how long it may take to connect, to bring the agent and to start it.
const openLimit = 5 * time.Minute

// session gives the open session, or opens one; those who need it meanwhile wait for
// the same.
func (m *Machine) session(ctx context.Context) (*open, error) {
	m.mu.Lock()
	if m.now != nil {
		defer m.mu.Unlock()
		return m.now, nil
	}
	if m.opening == nil {
		m.opening = &opening{done: make(chan struct{})}
		go m.open(context.WithoutCancel(ctx), m.opening)
	}
	o := m.opening
	m.mu.Unlock()
	select {
	case <-o.done:
		return o.open, o.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %s gave no session: %w", remote.ErrUnreachable, m.line.Host(), context.Cause(ctx))
	}
}

func (m *Machine) open(ctx context.Context, o *opening) {
	ctx, cancel := context.WithTimeout(ctx, openLimit)
	defer cancel()
	o.open, o.err = m.start(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.opening, m.now = nil, o.open
	close(o.done)
}

// drop forgets a session that is over.
func (m *Machine) drop(o *open) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now == o {
		m.now = nil
	}
	_ = o.machine.Close() // it is over
}

// once asks one time. A session that is over is an ErrUnreachable too.
func (m *Machine) once(ctx context.Context, ask func(attempt.Machine) error) error {
	o, err := m.session(ctx)
	if err != nil {
		return err
	}
	err = ask(o.machine)
	if errors.Is(err, attempt.ErrDisconnected) {
		m.drop(o)
		return fmt.Errorf("%w: %s: %w", remote.ErrUnreachable, m.line.Host(), err)
	}
	return err
}

// often asks again, on another session, what was cut: for requests that may be asked
// twice.
func (m *Machine) often(ctx context.Context, ask func(attempt.Machine) error) (err error) {
	for range 3 {
		if err = m.once(ctx, ask); !errors.Is(err, attempt.ErrDisconnected) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// Box is what the machine said of itself when its session was opened: it may have
// been restarted since, with a session that is cut at the next request.
func (m *Machine) Box(ctx context.Context) (attempt.Box, error) {
	o, err := m.session(ctx)
	if err != nil {
		return attempt.Box{}, err
	}
	return o.box, nil
}

// AgentPath is where the agent lies there.
func (m *Machine) AgentPath(ctx context.Context) (string, error) {
	o, err := m.session(ctx)
	if err != nil {
		return "", err
	}
	return o.agent, nil
}

// Hello implements attempt.Machine.
func (m *Machine) Hello(ctx context.Context) (box attempt.Box, err error) {
	err = m.often(ctx, func(a attempt.Machine) error { box, err = a.Hello(ctx); return err })
	return box, err
}

// LookPath implements attempt.Machine.
func (m *Machine) LookPath(ctx context.Context, program string) (path string, err error) {
	err = m.often(ctx, func(a attempt.Machine) error { path, err = a.LookPath(ctx, program); return err })
	return path, err
}

// Has implements attempt.Machine.
func (m *Machine) Has(ctx context.Context, digest string) (size int64, whole bool, err error) {
	err = m.often(ctx, func(a attempt.Machine) error { size, whole, err = a.Has(ctx, digest); return err })
	return size, whole, err
}

// Put implements attempt.Machine.
func (m *Machine) Put(ctx context.Context, digest string, size, offset int64, data []byte) error {
	return m.once(ctx, func(a attempt.Machine) error { return a.Put(ctx, digest, size, offset, data) })
}

// Place implements attempt.Machine.
func (m *Machine) Place(ctx context.Context, dir string, files []task.File) error {
	return m.often(ctx, func(a attempt.Machine) error { return a.Place(ctx, dir, files) })
}

// Start implements attempt.Machine.
func (m *Machine) Start(ctx context.Context, order attempt.Order) (h task.Handle, err error) {
	err = m.once(ctx, func(a attempt.Machine) error { h, err = a.Start(ctx, order); return err })
	return h, err
}

// Find implements attempt.Machine.
func (m *Machine) Find(ctx context.Context, dir string) (h task.Handle, err error) {
	err = m.often(ctx, func(a attempt.Machine) error { h, err = a.Find(ctx, dir); return err })
	return h, err
}

// Status implements attempt.Machine.
func (m *Machine) Status(ctx context.Context, dir string, h task.Handle) (s task.Status, err error) {
	err = m.often(ctx, func(a attempt.Machine) error { s, err = a.Status(ctx, dir, h); return err })
	return s, err
}

// Stop implements attempt.Machine.
func (m *Machine) Stop(ctx context.Context, dir string, h task.Handle, grace time.Duration) error {
	return m.often(ctx, func(a attempt.Machine) error { return a.Stop(ctx, dir, h, grace) })
}

// Collected implements attempt.Machine.
func (m *Machine) Collected(ctx context.Context, dir string) error {
	return m.often(ctx, func(a attempt.Machine) error { return a.Collected(ctx, dir) })
}

// Open implements attempt.Machine. The file is read over the session that it was
// opened on: where that is cut, it is for the caller to open it again.
func (m *Machine) Open(ctx context.Context, dir, name string) (f *task.OpenFile, err error) {
	err = m.often(ctx, func(a attempt.Machine) error { f, err = a.Open(ctx, dir, name); return err })
	return f, err
}

// List implements attempt.Machine.
func (m *Machine) List(ctx context.Context, dir, name string) (entries []task.Entry, err error) {
	err = m.often(ctx, func(a attempt.Machine) error { entries, err = a.List(ctx, dir, name); return err })
	return entries, err
}

// Exec implements attempt.Machine: the program may have run where the session was cut.
func (m *Machine) Exec(ctx context.Context, argv []string, stdin []byte) (r attempt.Result, err error) {
	err = m.once(ctx, func(a attempt.Machine) error { r, err = a.Exec(ctx, argv, stdin); return err })
	return r, err
}

// Close implements attempt.Machine. The line stays open, which may have other users.
func (m *Machine) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now == nil {
		return nil
	}
	o := m.now
	m.now = nil
	return o.machine.Close()
}
