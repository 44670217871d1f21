package dialect

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"trainyard/format"
)

// inFlightBytes bounds the records between the reader and the last taker. A
// larger record passes alone.
const inFlightBytes = 64 << 20

// Ordered runs work over the records of a source on several goroutines and
// takes the results in reading order, one at a time. Each goroutine gets its
// own function from newWork, so that it can keep buffers; the record's bytes
// are its own only until that function returns. The first error of the
// reading or of take ends everything.
func Ordered[T any](ctx context.Context, s *Source, workers int, newWork func() func(format.Record) T, take func(T) error) error {
	return inOrder(ctx, s.Records, workers, newWork, take)
}

// A reading yields records one after the other.
type reading func(ctx context.Context, yield func(format.Record) error) error

func inOrder[T any](ctx context.Context, read reading, workers int, newWork func() func(format.Record) T, take func(T) error) error {
	o := &ordered[T]{
		room: semaphore.NewWeighted(inFlightBytes),
		work: make(chan *job[T], workers),
		line: make(chan *job[T], maxWaiting),
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return o.feed(ctx, read) })
	for range workers {
		g.Go(func() error {
			do := newWork()
			for j := range o.work {
				j.done <- do(j.rec)
			}
			return nil
		})
	}
	g.Go(func() error { return o.collect(ctx, take) })
	return g.Wait()
}

// maxWaiting is how many small records may wait for an older, slower one.
const maxWaiting = 1024

// A job is one record on its way through a worker.
type job[T any] struct {
	rec    format.Record
	weight int64
	done   chan T
}

type ordered[T any] struct {
	room    *semaphore.Weighted
	work    chan *job[T] // to whichever worker is free
	line    chan *job[T] // to the taker, in reading order
	buffers sync.Pool
}

func (o *ordered[T]) feed(ctx context.Context, read reading) error {
	defer close(o.work)
	defer close(o.line)
	return read(ctx, func(rec format.Record) error {
		j := &job[T]{rec: rec, weight: min(int64(len(rec.Raw))+1, inFlightBytes), done: make(chan T, 1)}
		if err := o.room.Acquire(ctx, j.weight); err != nil {
			return err
		}
		j.rec.Raw = o.copy(rec.Raw)
		for _, to := range []chan<- *job[T]{o.work, o.line} {
			select {
			case to <- j:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
}

func (o *ordered[T]) copy(raw []byte) []byte {
	buf, _ := o.buffers.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	return append((*buf)[:0], raw...)
}

func (o *ordered[T]) collect(ctx context.Context, take func(T) error) error {
	for j := range o.line {
		select {
		case result := <-j.done:
			if err := take(result); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
		raw := j.rec.Raw
		o.buffers.Put(&raw)
		o.room.Release(j.weight)
	}
	return nil
}
