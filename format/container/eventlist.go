package container

import "trainyard/format/pyjson"

// An eventList is a file that holds a session as one array of its events. It
// becomes the same record as a session of lines (see session.go).
type eventList struct {
	buffer  *SessionBuffer // nil when the values are records
	session Session
}

// joins takes a value into the session that the first one opened.
func (r *Reader) joins(n int, raw []byte) bool {
	l := r.list
	if l == nil {
		return false
	}
	if n == 1 {
		// What is not JSON opens nothing: as a record it is rejected.
		_ = pyjson.WithIndex(raw, func(v pyjson.Value) error {
			if s, ok := r.opened(v); ok {
				l.session, l.buffer = s, NewSessionBuffer([]byte(`{"lines":[`))
			}
			return nil
		})
	}
	b := l.buffer
	if b == nil {
		return false
	}
	b.over = b.over || int64(len(raw)+len(b.raw)) > r.max
	if !b.over {
		b.Add(n, raw, l.session)
	}
	return true
}

// endList hands on the session, unless a part of the file was lost.
func (r *Reader) endList() error {
	b := r.list.buffer
	r.list = nil
	if b == nil || r.yielded > 0 {
		return nil
	}
	return r.Segments(b)
}
