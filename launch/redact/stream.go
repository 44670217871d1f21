package redact

import (
	"bytes"
	"io"
)

// maxHeld is how much of a line without an end is held back.
const maxHeld = 64 << 10

// overlap is how much of a line that is longer is looked at again with what follows.
const overlap = 8 << 10

// A Writer masks what is secret on its way to another writer. The bytes keep their
// number, so that offsets mean the same before and behind. A line is held back until it
// ends, or Flush: half a secret is not recognised.
type Writer struct {
	to    io.Writer
	r     func() *Redactor
	held  []byte
	inKey bool
}

// NewWriter masks what this process knows to be secret, at each write.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to, r: Process} }

// Writer masks what r knows.
func (r *Redactor) Writer(to io.Writer) *Writer {
	return &Writer{to: to, r: func() *Redactor { return r }}
}

// Write takes all of data, unless the other writer fails.
func (w *Writer) Write(data []byte) (int, error) {
	w.held = append(w.held, data...)
	n := whole(w.held)
	if n == 0 && len(w.held) > maxHeld {
		return len(data), w.cut()
	}
	return len(data), w.pass(n)
}

// Flush passes on what is held back. It is for the end, and for a line that goes on no
// more.
func (w *Writer) Flush() error { return w.pass(len(w.held)) }

func (w *Writer) pass(n int) error {
	if n == 0 {
		return nil
	}
	_, w.inKey = w.r().mask(w.held[:n], w.inKey)
	return w.send(n)
}

// cut passes on a part of a line that is too long to be held.
func (w *Writer) cut() error {
	found, open := w.r().mask(w.held, w.inKey)
	w.inKey = open
	return w.send(outside(found, len(w.held)-overlap))
}

func (w *Writer) send(n int) error {
	_, err := w.to.Write(w.held[:n])
	w.held = append(w.held[:0], w.held[n:]...)
	return err
}

// outside is the start of the secret that a place stands in, or the place where that is
// no way forward.
func outside(found []span, at int) int {
	for _, s := range found {
		if 0 < s.start && s.start < at && at < s.end {
			return s.start
		}
	}
	return at
}

// whole is how much of a text is whole lines; a carriage return ends one too, as in bars
// of progress.
func whole(text []byte) int { return bytes.LastIndexAny(text, "\n\r") + 1 }
