package format

import (
	"bytes"
	"fmt"
)

// A session file holds one conversation, an event a line. Such a file is one
// record, made of its lines:
//
//	{"lines":[LINE,LINE,…],"segment":1,"segments":1}
//
// A dialect asks for this with opens, which looks at the first lines. Where
// the scaffold replaced the model's context on the way (a compaction) a new
// segment starts: every segment is a record of its own, with all lines up to
// its end, so that each is a conversation the model saw.

const (
	peekLines   = 16  // in which a session must be recognised
	maxSegments = 100 // a session compacted more often is refused: each segment reads all lines before it
)

// sessionAhead finds the session that the lines to come are, as one record. A line that is a record by itself ends the search.
func (r *reader) sessionAhead(w *window) (s Session, ok bool) {
	for _, line := range w.ahead(peekLines) {
		record := false
		// What is not JSON is nobody's: reading it on says so.
		_ = withIndex(line, func(v value) error {
			if s, ok = r.opened(v); !ok {
				record = r.shape.IsRecord != nil && r.shape.IsRecord(r.path, v)
			}
			return nil
		})
		if ok || record {
			break
		}
	}
	return s, ok
}

func (r *reader) opened(line value) (Session, bool) {
	if r.shape.Opens == nil {
		return Session{}, false
	}
	return r.shape.Opens(line)
}

// A segment of a session ends at an offset of its bytes.
type segment struct{ line, end int }

// A sessionBuffer collects the lines of one session.
type sessionBuffer struct {
	raw      []byte
	segments []segment
	over     bool  // longer than a record may be: lines are no longer kept
	fault    error // the first line that is not JSON
	faultAt  int
}

// newSessionBuffer starts a record of which head is the start, up to the
// bracket that opens the list of lines.
func newSessionBuffer(head []byte) *sessionBuffer {
	return &sessionBuffer{raw: head, segments: []segment{{line: 1}}}
}

// session reads all lines as one record a segment.
func (r *reader) session(w *window, s Session) error {
	b := newSessionBuffer([]byte(`{"lines":[`))
	for line := 1; ; line++ {
		raw, end, size := w.line()
		if w.damage() != nil && end {
			return r.damaged(line, w.damage())
		}
		b.over = b.over || int64(size)+int64(len(b.raw)) > r.max
		if raw = bytes.TrimSpace(raw); len(raw) > 0 && !b.over {
			b.add(line, raw, s)
		}
		if end {
			return r.segments(b)
		}
	}
}

func (b *sessionBuffer) add(line int, raw []byte, s Session) {
	reset := false
	err := withIndex(raw, func(v value) error {
		reset = s.Resets != nil && s.Resets(v)
		return nil
	})
	if err != nil && b.fault == nil {
		b.fault, b.faultAt = err, line
	}
	if reset {
		b.segments[len(b.segments)-1].end = len(b.raw)
		b.segments = append(b.segments, segment{line: line})
	}
	if b.raw[len(b.raw)-1] != '[' {
		b.raw = append(b.raw, ',', '\n')
	}
	b.raw = append(b.raw, raw...)
	b.segments[len(b.segments)-1].end = len(b.raw)
}

func (r *reader) segments(b *sessionBuffer) error {
	n := len(b.segments)
	switch {
	case b.over:
		return r.tooLarge(1)
	case b.fault != nil:
		return r.reject(b.faultAt, NotJSON, "a line of a session is not JSON: %v; without it the conversation has a hole", b.fault)
	case n > maxSegments:
		return r.reject(1, LostContext, "the session was compacted %d times, more than %d", n-1, maxSegments)
	}
	for i, s := range b.segments {
		if s.end == 0 { // the session starts on a compaction
			continue
		}
		raw := fmt.Appendf(b.raw[:s.end:s.end], `],"segment":%d,"segments":%d}`, i+1, n)
		if err := r.record(s.line, raw); err != nil {
			return err
		}
	}
	return nil
}

// export yields the segments of a session that stands in one object. One
// that was never compacted is left to be one record.
func (r *reader) export(raw []byte) (split bool, err error) {
	if r.shape.Export == nil {
		return false, nil
	}
	lines, session, ok := r.shape.Export(raw)
	if !ok {
		return false, nil
	}
	b := newSessionBuffer([]byte(`{"lines":[`))
	// An export that is not JSON is rejected as the one record it is.
	_ = withIndex(raw, func(v value) error {
		for i, line := range lines(v).elements() {
			b.add(i+1, line.raw(), session)
		}
		return nil
	})
	if len(b.segments) == 1 {
		return false, nil
	}
	return true, r.segments(b)
}

// ahead returns up to n of the lines to come without taking them. Of lines
// longer than the window only the first is waited for.
func (w *window) ahead(n int) [][]byte {
	seen, found := 0, 0
	for found < n {
		if i := bytes.IndexByte(w.rest()[seen:], '\n'); i >= 0 {
			seen += i + 1
			found++
			continue
		}
		seen = len(w.rest())
		if seen > windowSize && found > 0 || int64(seen) > w.max || !w.more() {
			break
		}
	}
	return bytes.SplitN(w.rest()[:seen], []byte("\n"), n)
}
