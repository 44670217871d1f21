package attempt

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"trainyard/launch/task"
)

// greeting is the first line of a session, which a client finds behind whatever a
// login shell says. Old and new agents begin with it.
const greeting = "trainyard agent, protocol "

// Serve answers the requests of one session, JSON lines on r and w, for the machine it
// runs on, until r ends. Attempts that it started go on.
func Serve(ctx context.Context, r io.Reader, w io.Writer, root string) error {
	ctx, cancel := context.WithCancel(ctx)
	if _, err := fmt.Fprintf(w, "%s%d\n", greeting, Protocol); err != nil {
		cancel()
		return err
	}
	s := server{machine: Here(root), out: frameWriter{w: w}, files: map[uint64]*task.OpenFile{}, running: map[uint64]context.CancelFunc{}}
	err := s.serve(ctx, bufio.NewReaderSize(r, 64<<10))
	cancel()
	s.working.Wait()
	for _, f := range s.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

type server struct {
	machine Machine
	out     frameWriter
	working sync.WaitGroup

	lock    sync.Mutex
	next    uint64
	files   map[uint64]*task.OpenFile
	running map[uint64]context.CancelFunc
}

// inFlight is how many requests a session works on at once: what is more waits in the
// pipe.
const inFlight = 32

func (s *server) serve(ctx context.Context, r *bufio.Reader) error {
	if err := s.welcome(ctx, r); err != nil {
		return endOfSession(err)
	}
	free := make(chan struct{}, inFlight)
	for {
		f, err := readFrame(r)
		if err != nil {
			return endOfSession(err)
		}
		var q request
		if err := unmarshal(f.Body, &q); err != nil {
			s.answer(f.ID, answer{}, nil, err)
			continue
		}
		if f.Op == opCancel {
			s.cancel(q.File)
			continue
		}
		free <- struct{}{}
		ctx := s.begin(ctx, f.ID)
		s.working.Go(func() {
			defer func() { s.cancel(f.ID); <-free }()
			a, data, err := s.carryOut(ctx, f.Op, q, f.data)
			s.answer(f.ID, a, data, err)
		})
	}
}

func endOfSession(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) {
		return nil
	}
	return err
}

// welcome refuses a client of another version before anything else is done for it.
func (s *server) welcome(ctx context.Context, r *bufio.Reader) error {
	f, err := readFrame(r)
	if err != nil {
		return err
	}
	var q request
	if err := unmarshal(f.Body, &q); err != nil {
		return err
	}
	if f.Op != opHello || q.Protocol != Protocol {
		err := otherProtocol(Protocol, q.Protocol)
		s.answer(f.ID, answer{}, nil, err)
		return err
	}
	box, err := s.machine.Hello(ctx)
	s.answer(f.ID, answer{Box: &box}, nil, err)
	return nil
}

func otherProtocol(agent, client int) error {
	return fmt.Errorf("the agent there speaks protocol %d, this trainyard %d: put the agent of this trainyard there, or use the trainyard that put it there: %w", agent, client, ErrProtocol)
}

func unmarshal(body json.RawMessage, v any) error {
	if len(body) == 0 {
		return nil
	}
	return json.Unmarshal(body, v)
}

// answer is lost where the session is: there is no other way to the client.
func (s *server) answer(id uint64, a answer, data []byte, err error) {
	f := frame{ID: id, data: data}
	if err != nil {
		f.Fault = faultOf(err)
	} else if f.Body, err = json.Marshal(a); err != nil {
		f.Fault = faultOf(err)
	}
	_ = s.out.write(f)
}

func (s *server) begin(ctx context.Context, id uint64) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	s.lock.Lock()
	defer s.lock.Unlock()
	s.running[id] = cancel
	return ctx
}

func (s *server) cancel(id uint64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if cancel := s.running[id]; cancel != nil {
		cancel()
		delete(s.running, id)
	}
}
