package container

import (
	"bytes"
	"errors"
	"io"
)

// A slidingBuffer is a buffer that slides over a stream. It grows with the record
// in it, up to a record's greatest size, and gives each record out in place.
type slidingBuffer struct {
	in    io.Reader
	buf   []byte // buf[start:] is read and not yet given out
	start int
	max   int64
	err   error // why in gives no more: io.EOF, or damage
}

// bufferSize is the buffer's first size: most rows fit, and reads are large
// enough for the disk.
const bufferSize = 1 << 20

func newSlidingBuffer(in io.Reader, maxRecord int64) *slidingBuffer {
	return &slidingBuffer{in: in, buf: make([]byte, 0, bufferSize), max: maxRecord}
}

// rest is what has been read and not given out.
func (w *slidingBuffer) rest() []byte { return w.buf[w.start:] }

// more reads on and says whether anything came.
func (w *slidingBuffer) more() bool {
	if w.err != nil {
		return false
	}
	w.makeRoom()
	before := len(w.buf)
	for len(w.buf) == before && w.err == nil {
		n, err := w.in.Read(w.buf[before:cap(w.buf)])
		w.buf, w.err = w.buf[:before+n], err
	}
	return len(w.buf) > before
}

// makeRoom slides what is left to the front, and doubles a full buffer, but
// for little more than the longest record.
func (w *slidingBuffer) makeRoom() {
	if w.start > 0 {
		w.buf = w.buf[:copy(w.buf, w.rest())]
		w.start = 0
	}
	if len(w.buf) == cap(w.buf) {
		const little = 4 << 10
		size := 2 * cap(w.buf)
		if most := w.max + little; most > int64(cap(w.buf)) && most < int64(size) {
			size = int(most)
		}
		grown := make([]byte, len(w.buf), size)
		copy(grown, w.buf)
		w.buf = grown
	}
}

// damage is the error that ended the stream early, or nil.
func (w *slidingBuffer) damage() error {
	if w.err == nil || errors.Is(w.err, io.EOF) {
		return nil
	}
	return w.err
}

// skipMark passes over the byte order mark that some editors write.
func (w *slidingBuffer) skipMark() {
	mark := []byte("\xEF\xBB\xBF")
	for len(w.rest()) < len(mark) && w.more() {
	}
	if bytes.HasPrefix(w.rest(), mark) {
		w.start += len(mark)
	}
}

// guess tells lines from one value by the content: a second value on its own
// line after the first means lines.
func (w *slidingBuffer) guess() Kind {
	for bytes.IndexByte(w.rest(), '\n') < 0 && len(w.rest()) < bufferSize && w.more() {
	}
	first, _, _ := bytes.Cut(w.rest(), []byte("\n"))
	if bytes.HasPrefix(first, []byte("PAR1")) {
		return kindParquet
	}
	if first = bytes.TrimSpace(first); len(first) > 1 && first[0] == '{' && first[len(first)-1] == '}' {
		return kindLines
	}
	return JSON
}

// lines yields each line that is not blank.
func (r *Reader) lines(w *slidingBuffer) error {
	for line := 1; ; line++ {
		raw, end, size := w.line()
		switch {
		case int64(size) > r.max:
			if err := r.tooLarge(line); err != nil {
				return err
			}
		case end && w.damage() != nil:
			return r.damaged(line, w.damage())
		case len(bytes.TrimSpace(raw)) > 0:
			if err := r.record(line, raw); err != nil {
				return err
			}
		}
		if end {
			if w.damage() != nil {
				return r.damaged(line, w.damage())
			}
			return nil
		}
	}
}

// line takes the next line. A line longer than a record may be is passed
// over piece by piece; size is then its length, raw nil.
func (w *slidingBuffer) line() (raw []byte, end bool, size int) {
	seen := 0
	for {
		if i := bytes.IndexByte(w.rest()[seen:], '\n'); i >= 0 {
			size += seen + i
			raw = w.rest()[:seen+i]
			w.start += seen + i + 1
			break
		}
		seen = len(w.rest())
		if int64(size+seen) > w.max {
			size += seen
			w.start, seen = len(w.buf), 0
		}
		if !w.more() {
			size += seen
			raw, end = w.rest(), true
			w.start = len(w.buf)
			break
		}
	}
	if int64(size) > w.max {
		raw = nil
	}
	return raw, end, size
}
