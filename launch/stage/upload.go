package stage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"trainyard/launch/backend/attempt"
)

// A Progress is how far staging has come, in bytes. What was there already is done.
type Progress struct {
	Machine     string // its name for people
	Done, Total int64
	// Doing is what else is done there now, such as a step of an environment; empty
	// while files are brought.
	Doing string
}

// A Stager brings files to one machine. It may be used by many at once, who share
// what they bring.
type Stager struct {
	machine attempt.Machine
	relay   Relay // nil: everything comes over the session

	turns, name string // see Turns

	mu      sync.Mutex
	sending map[string]*sending // by digest
}

// A sending is an object on its way.
type sending struct {
	done chan struct{}
	err  error
}

// New stages to the machine.
func New(m attempt.Machine) *Stager { return &Stager{machine: m, sending: map[string]*sending{}} }

const (
	// chunkSize is what one message carries, in bytes.
	chunkSize = 1 << 20
	// ahead is how many chunks are under way at once.
	ahead = 12
	// cuts is how often an object may be cut without a byte more of it.
	cuts = 5
)

// send brings one object; those who want the same one meanwhile wait for it.
func (s *Stager) send(ctx context.Context, o object, sent func(int64)) error {
	for {
		s.mu.Lock()
		under := s.sending[o.digest]
		if under == nil {
			under = &sending{done: make(chan struct{})}
			s.sending[o.digest] = under
			s.mu.Unlock()
			err := s.upload(ctx, o, sent)
			s.mu.Lock()
			delete(s.sending, o.digest)
			s.mu.Unlock()
			under.err = err
			close(under.done)
			return err
		}
		s.mu.Unlock()
		select {
		case <-under.done:
			if under.err == nil {
				sent(o.size)
				return nil
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// upload goes on from what is there until all of it is. sent is told every byte once,
// those that were there too.
func (s *Stager) upload(ctx context.Context, o object, sent func(int64)) error {
	f, err := os.Open(o.path)
	if err != nil {
		return err
	}
	defer f.Close()
	var told, most int64
	end, err := s.turn(ctx, o, func() {
		if have, _, err := s.machine.Has(ctx, o.digest); err == nil && have > told {
			sent(have - told)
			told = have
		}
	})
	if err != nil {
		return err
	}
	defer end()
	for left := cuts; ; {
		have, whole, err := s.machine.Has(ctx, o.digest)
		if err == nil && whole {
			sent(o.size - told)
			return nil
		}
		if err == nil {
			if have > most {
				most, left = have, cuts
			}
			sent(max(0, have-told))
			told = max(told, have)
			if growing, errGrow := s.growing(ctx, o, have); growing || errGrow != nil {
				if errGrow == nil || passing(errGrow) {
					continue
				}
				return errGrow
			}
			count := func(n int64) { sent(n); told += n }
			if s.relay != nil && o.size >= relayFrom {
				err = s.fetch(ctx, o, have, count)
			} else {
				err = s.stream(ctx, f, o, have, count)
			}
		}
		if err == nil {
			continue // Has says that it is whole
		}
		if left--; !passing(err) || left == 0 || ctx.Err() != nil {
			return fmt.Errorf("bring %s (%d bytes): %w", o.path, o.size, err)
		}
		pause(ctx, time.Second)
	}
}

// growing reports whether another launch, of another process, is bringing the object:
// what it brings need not go twice. It waits a moment to see.
func (s *Stager) growing(ctx context.Context, o object, have int64) (bool, error) {
	if have == 0 {
		return false, nil
	}
	pause(ctx, glance)
	now, whole, err := s.machine.Has(ctx, o.digest)
	return whole || now > have, err
}

// glance is long enough to see an object grow.
const glance = 300 * time.Millisecond

// passing reports whether a second try may help.
func passing(err error) bool {
	var fetched *fetchError
	return errors.As(err, &fetched) || errors.Is(err, attempt.ErrDisconnected) || errors.Is(err, attempt.ErrOffset)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// stream sends an object from an offset on, several chunks at once.
func (s *Stager) stream(ctx context.Context, f *os.File, o object, from int64, sent func(int64)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var sending sync.WaitGroup
	var telling sync.Mutex
	places := make(chan []byte, ahead)
	for range ahead {
		places <- make([]byte, chunkSize)
	}
	for at := from; at < o.size || at == 0; at += chunkSize {
		var buffer []byte
		select {
		case buffer = <-places:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		chunk := buffer[:min(chunkSize, o.size-at)]
		if _, err := f.ReadAt(chunk, at); err != nil && !errors.Is(err, io.EOF) {
			cancel(err)
			break
		}
		sending.Go(func() {
			defer func() { places <- buffer }()
			if err := s.machine.Put(ctx, o.digest, o.size, at, chunk); err != nil {
				cancel(err)
				return
			}
			telling.Lock()
			defer telling.Unlock()
			sent(int64(len(chunk)))
		})
	}
	sending.Wait()
	return context.Cause(ctx)
}

type tellKey struct{}

// WithTell has what is staged under the context tell how far it has come.
func WithTell(ctx context.Context, tell func(Progress)) context.Context {
	return context.WithValue(ctx, tellKey{}, tell)
}

// TellOf is the function that WithTell gave, or one that does nothing.
func TellOf(ctx context.Context) func(Progress) {
	if tell, ok := ctx.Value(tellKey{}).(func(Progress)); ok {
		return tell
	}
	return func(Progress) {}
}
