package attempt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"trainyard/launch/task"
)

// carryOut does one request.
func (s *server) carryOut(ctx context.Context, op string, q request, data []byte) (a answer, out []byte, err error) {
	m := s.machine
	switch op {
	case opHello:
		var box Box
		box, err = m.Hello(ctx)
		a.Box = &box
	case opLookPath:
		a.Path, err = m.LookPath(ctx, q.Name)
	case opHas:
		a.Size, a.Whole, err = m.Has(ctx, q.Digest)
	case opPut:
		err = m.Put(ctx, q.Digest, q.Size, q.Offset, data)
	case opPlace:
		err = m.Place(ctx, q.Dir, q.Files)
	case opFind:
		a.Handle, err = m.Find(ctx, q.Dir)
	case opStop:
		err = m.Stop(ctx, q.Dir, q.Handle, q.Grace)
	case opCollected:
		err = m.Collected(ctx, q.Dir)
	case opList:
		a.Entries, err = m.List(ctx, q.Dir, q.Name)
	case opClose:
		err = s.close(q.File)
	case opOpen:
		a, err = s.open(ctx, q)
	case opRead:
		return s.read(q)
	case opStart, opStatus, opExec:
		a, err = s.run(ctx, op, q)
	default:
		err = fmt.Errorf("no operation %q: %w", op, ErrProtocol)
	}
	return a, nil, err
}

func (s *server) run(ctx context.Context, op string, q request) (a answer, err error) {
	switch {
	case op == opExec:
		var result Result
		result, err = s.machine.Exec(ctx, q.Argv, q.Stdin)
		a.Result = &result
	case op == opStatus:
		var status task.Status
		status, err = s.machine.Status(ctx, q.Dir, q.Handle)
		a.Status = &status
	case q.Order == nil:
		err = errors.New("a start without an order")
	default:
		q.Order.Command.Env = withSecrets(q.Order.Command.Env, q.Secrets)
		a.Handle, err = s.machine.Start(ctx, *q.Order)
	}
	return a, err
}

func (s *server) open(ctx context.Context, q request) (answer, error) {
	f, err := s.machine.Open(ctx, q.Dir, q.Name)
	if err != nil {
		return answer{}, err
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.next++
	s.files[s.next] = f
	return answer{File: s.next, ID: f.ID, Size: f.Size, ModTime: f.ModTime}, nil
}

func (s *server) close(file uint64) error {
	s.lock.Lock()
	f := s.files[file]
	delete(s.files, file)
	s.lock.Unlock()
	if f == nil {
		return nil
	}
	return f.Close()
}

func (s *server) read(q request) (answer, []byte, error) {
	s.lock.Lock()
	f := s.files[q.File]
	s.lock.Unlock()
	if f == nil {
		return answer{}, nil, fs.ErrClosed
	}
	data := make([]byte, max(0, min(q.Length, maxData)))
	n, err := f.ReadAt(data, q.Offset)
	if errors.Is(err, io.EOF) {
		return answer{Ended: true}, data[:n], nil
	}
	return answer{}, data[:n], err
}
