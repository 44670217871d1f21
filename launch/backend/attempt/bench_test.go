package attempt

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"trainyard/launch"
	"trainyard/launch/task"
)

// benchSession is a machine behind a connection of this machine.
func benchSession(b *testing.B) Machine {
	b.Helper()
	ours, theirs := connection(b)
	go func() { _ = Serve(context.Background(), theirs, theirs, b.TempDir()) }()
	m, err := Client(b.Context(), ours)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = m.Close() })
	return m
}

// BenchmarkPut is what a session takes, hashing and syncs included, without a network.
func BenchmarkPut(b *testing.B) {
	const size, chunk = 256 << 20, 4 << 20
	m := benchSession(b)
	b.SetBytes(size)
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		data, digest := object(size - i) // another object each time
		b.StartTimer()
		for at := 0; at < len(data); at += chunk {
			if err := m.Put(b.Context(), digest, int64(len(data)), int64(at), data[at:min(at+chunk, len(data))]); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkStart is a start over a session until the supervisor has the trainer.
func BenchmarkStart(b *testing.B) {
	m := benchSession(b)
	for i := 0; b.Loop(); i++ {
		dir := fmt.Sprintf("runs/%d", i)
		h, err := m.Start(b.Context(), Order{Task: task.Task{Dir: dir, Self: "trainyard", Command: task.Command{Argv: []string{"/bin/true"}}}})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		for s := (launch.Status{}); !s.State.Ended(); {
			var errStatus error
			if s, errStatus = m.Status(b.Context(), dir, h); errors.Join(errStatus, b.Context().Err()) != nil {
				b.Fatal(errStatus)
			}
		}
		b.StartTimer()
	}
}

// BenchmarkStatus is one look at a running attempt over a session.
func BenchmarkStatus(b *testing.B) {
	m := benchSession(b)
	order := Order{Task: task.Task{Dir: "run", Self: "trainyard", Command: task.Command{Argv: []string{"/bin/sleep", "1000"}}}}
	h, err := m.Start(b.Context(), order)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := m.Status(b.Context(), order.Dir, h); err != nil {
			b.Fatal(err)
		}
	}
	if err := m.Stop(b.Context(), order.Dir, h, 0); err != nil {
		b.Fatal(err)
	}
}
