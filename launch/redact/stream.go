package redact

import (
	"bytes"
	"io"
	"slices"
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
	held  []byte // a line that has not ended
	sent  int    // bytes of it that were passed on
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
	if n := whole(w.held); n > 0 {
		_, w.inKey = w.r().mask(w.held[:n], w.inKey)
		return len(data), w.pass(w.held, n, n)
	}
	if len(w.held) <= maxHeld {
		return len(data), nil
	}
	found, open := w.r().find(w.held, w.inKey)
	w.inKey = open
	n := outside(found, len(w.held)-overlap)
	coverAll(w.held, before(found, n))
	return len(data), w.pass(w.held, n, n)
}

// Flush passes on what is held back. It is for the end, and for a line that does not go on
// for a while; should it go on, its beginning is still known.
func (w *Writer) Flush() error {
	if w.sent == len(w.held) {
		return nil
	}
	text := bytes.Clone(w.held) // behind a mask the rest of a token would be none
	w.r().mask(text, w.inKey)
	return w.pass(text, len(text), 0)
}

// pass sends what stands in text, which is what is held with its masks, before one place
// and was not sent, and forgets what stands before another.
func (w *Writer) pass(text []byte, to, forget int) (err error) {
	if to > w.sent {
		_, err = w.to.Write(text[w.sent:to])
		w.sent = to
	}
	w.held = append(w.held[:0], w.held[forget:]...)
	w.sent -= forget
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

// before are the secrets that begin before a place. One that begins behind it may go on
// in what comes next, and is left until it is whole.
func before(found []span, at int) []span {
	n := slices.IndexFunc(found, func(s span) bool { return s.start >= at })
	if n < 0 {
		return found
	}
	return found[:n]
}

// whole is how much of a text is whole lines; a carriage return ends one too, as in bars
// of progress.
func whole(text []byte) int { return bytes.LastIndexAny(text, "\n\r") + 1 }
