package container

import (
	"bytes"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// values yields the elements of a file's array, or its one value, or the
// values that follow one another. Line counts them.
func (r *Reader) values(w *slidingBuffer) error {
	r.list = &eventList{}
	if err := r.eachValue(w); err != nil {
		return err
	}
	return r.endList()
}

func (r *Reader) eachValue(w *slidingBuffer) error {
	inArray := false
	for n := 1; ; {
		c, ok := w.peek()
		switch {
		case !ok && w.damage() != nil:
			return r.damaged(n, w.damage())
		case !ok && inArray:
			return r.Reject(n, format.NotJSON, "the file ends inside its array, after %d records", n-1)
		case !ok:
			return nil
		case c == '[' && n == 1 && !inArray:
			inArray = true
			w.start++
			continue
		case c == ',' && inArray && n > 1:
			w.start++
			continue
		case c == ']' && inArray:
			w.start++
			inArray = false
			continue
		case bytes.IndexByte([]byte("]},:"), c) >= 0:
			return r.Reject(n, format.NotJSON, "unexpected %q where a record should start, the rest of the file is lost", c)
		}
		if whole, err := r.oneValue(w, n); !whole || err != nil {
			return err
		}
		n++
	}
}

// whole yields a file's one value, whatever it is.
func (r *Reader) whole(w *slidingBuffer) error {
	switch _, ok := w.peek(); {
	case !ok && w.damage() != nil:
		return r.damaged(1, w.damage())
	case !ok:
		return nil
	}
	if whole, err := r.oneValue(w, 1); !whole || err != nil {
		return err
	}
	if c, more := w.peek(); more {
		return r.Reject(2, format.NotJSON, "unexpected %q after the one record of this file", c)
	}
	return nil
}

// peek moves to the next byte that is not white space.
func (w *slidingBuffer) peek() (byte, bool) {
	for {
		w.start += pyjson.SkipSpace(w.rest(), 0)
		if len(w.rest()) > 0 {
			return w.rest()[0], true
		}
		if !w.more() {
			return 0, false
		}
	}
}

// oneValue hands on the value that starts here; whole is false when the
// stream ended inside it, and with it the file.
func (r *Reader) oneValue(w *slidingBuffer, n int) (whole bool, err error) {
	raw, size, whole := w.value()
	switch {
	case int64(size) > r.max:
		return whole, r.tooLarge(n)
	case whole && r.joins(n, raw):
		return true, nil
	case whole:
		return true, r.record(n, raw)
	case w.damage() != nil:
		return false, r.damaged(n, w.damage())
	}
	return false, r.Reject(n, format.NotJSON, "the file ends inside a record")
}

// value takes the value that starts here, passing over one that is longer
// than a record may be. done is false when the stream ended inside it.
func (w *slidingBuffer) value() (raw []byte, size int, done bool) {
	var s pyjson.Skipper
	seen := 0
	for {
		n, done := s.Skip(w.rest()[seen:])
		seen += n
		if done {
			size += seen
			raw = w.rest()[:seen]
			w.start += seen
			if int64(size) > w.max {
				raw = nil
			}
			return raw, size, true
		}
		if int64(size+seen) > w.max {
			size += seen
			w.start, seen = len(w.buf), 0
		}
		if !w.more() {
			size += seen
			raw = w.rest()[:seen]
			w.start = len(w.buf)
			return raw, size, s.Scalar && w.damage() == nil
		}
	}
}
