package container

import (
	"bytes"
	"fmt"

	"trainyard/format"
	"trainyard/format/pyjson"
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
	PeekLines   = 16  // in which a session must be recognised
	MaxSegments = 100 // a session compacted more often is refused: each segment reads all lines before it
)

const sessionHead = `{"lines":[`

// IsSession says that a record was made of the lines of a session.
func IsSession(raw []byte) bool { return bytes.HasPrefix(raw, []byte(sessionHead)) }

// sessionAhead finds the session that the lines to come are, as one record. A line
// that is a record by itself ends the search.
func (r *Reader) sessionAhead(w *slidingBuffer) (s Session, ok bool) {
	for _, line := range w.ahead(PeekLines) {
		record := false
		// What is not JSON opens no session: reading it on says so.
		_ = pyjson.WithIndex(line, func(v pyjson.Value) error {
			if s, ok = r.opened(v); !ok {
				record = r.shape.IsRecord != nil && r.shape.IsRecord(r.Path, v)
			}
			return nil
		})
		if ok || record {
			break
		}
	}
	return s, ok
}

func (r *Reader) opened(line pyjson.Value) (Session, bool) {
	if r.shape.Opens == nil {
		return Session{}, false
	}
	return r.shape.Opens(line)
}

// A segment of a session ends at an offset of its bytes.
type segment struct{ line, end int }

// A SessionBuffer collects the lines of one session.
type SessionBuffer struct {
	raw      []byte
	segments []segment
	over     bool  // longer than a record may be: lines are no longer kept
	fault    error // the first line that is not JSON
	faultAt  int
}

// NewSessionBuffer starts a record of which head is the start, up to the
// bracket that opens the list of lines.
func NewSessionBuffer(head []byte) *SessionBuffer {
	return &SessionBuffer{raw: head, segments: []segment{{line: 1}}}
}

// session reads all lines as one record a segment.
func (r *Reader) session(w *slidingBuffer, s Session) error {
	b := NewSessionBuffer([]byte(sessionHead))
	for line := 1; ; line++ {
		raw, end, size := w.line()
		if w.damage() != nil && end {
			return r.damaged(line, w.damage())
		}
		b.over = b.over || int64(size)+int64(len(b.raw)) > r.max
		if raw = bytes.TrimSpace(raw); len(raw) > 0 && !b.over {
			b.Add(line, raw, s)
		}
		if end {
			return r.Segments(b)
		}
	}
}

// Add takes a line in, and begins a segment where s says that it resets the
// context. line is its number, for the reason of a line that is not JSON.
func (b *SessionBuffer) Add(line int, raw []byte, s Session) {
	reset := false
	err := pyjson.WithIndex(raw, func(v pyjson.Value) error {
		reset = s.Resets != nil && s.Resets(v)
		return nil
	})
	if err != nil && b.fault == nil {
		b.fault, b.faultAt = err, line
	}
	if reset {
		b.segments = append(b.segments, segment{line: line})
	}
	if b.raw[len(b.raw)-1] != '[' {
		b.raw = append(b.raw, ',', '\n')
	}
	b.raw = append(b.raw, raw...)
	b.segments[len(b.segments)-1].end = len(b.raw)
}

// Segments hands a session on, one record a segment, or the reason why there is
// none.
func (r *Reader) Segments(b *SessionBuffer) error {
	n := len(b.segments)
	switch {
	case b.over:
		return r.tooLarge(1)
	case b.fault != nil:
		return r.Reject(b.faultAt, format.NotJSON, "a line of a session is not JSON: %v; without it the conversation has a hole", b.fault)
	case n > MaxSegments:
		return r.Reject(1, format.LostContext, "the session was compacted %d times, more than %d", n-1, MaxSegments)
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
func (r *Reader) export(raw []byte) (split bool, err error) {
	if r.shape.Export == nil {
		return false, nil
	}
	lines, session, ok := r.shape.Export(raw)
	if !ok {
		return false, nil
	}
	b := NewSessionBuffer([]byte(sessionHead))
	// An export that is not JSON is rejected as the one record it is.
	_ = pyjson.WithIndex(raw, func(v pyjson.Value) error {
		for i, line := range lines(v).Elements() {
			b.Add(i+1, line.Raw(), session)
		}
		return nil
	})
	if len(b.segments) == 1 {
		return false, nil
	}
	return true, r.Segments(b)
}

// ahead returns up to n of the lines to come without taking them. Of lines
// longer than the window only the first is waited for.
func (w *slidingBuffer) ahead(n int) [][]byte {
	seen, found := 0, 0
	for found < n {
		if i := bytes.IndexByte(w.rest()[seen:], '\n'); i >= 0 {
			seen += i + 1
			found++
			continue
		}
		seen = len(w.rest())
		if seen > bufferSize && found > 0 || int64(seen) > w.max || !w.more() {
			break
		}
	}
	return bytes.SplitN(w.rest()[:seen], []byte("\n"), n)
}
