package container

import (
	"context"
	"fmt"
	"io"
	"slices"
	"testing"

	"trainyard/format"
)

// A line of 200 MB costs no more memory than the window that finds its end.
func TestALineFarTooLongIsNotHeld(t *testing.T) {
	long := &endless{left: 200 << 20}
	r := &Reader{ctx: context.Background(), Path: "x.jsonl", max: 1 << 20}
	var got []string
	r.yield = func(rec format.Record) error {
		got = append(got, fmt.Sprint(rec.Line, len(rec.Raw), rec.Err != nil))
		return nil
	}
	w := newSlidingBuffer(long, r.max)
	if err := r.lines(w); err != nil {
		t.Fatal(err)
	}
	if want := []string{"1 0 true", "2 2 false"}; !slices.Equal(got, want) || cap(w.buf) > 4<<20 {
		t.Errorf("got %q with a buffer of %d bytes, want %q", got, cap(w.buf), want)
	}
}

// endless is a long line of x, then a line {}.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		e.left--
		return copy(p, "\n{}"), nil
	}
	if e.left < 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range n {
		p[i] = 'x'
	}
	e.left -= n
	return n, nil
}
