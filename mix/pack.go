package mix

import "encoding/binary"

// packMessages appends the conversation in the spool's layout: a count, then
// role and content of each message with their lengths. Its bytes identify the
// conversation.
func packMessages(dst []byte, messages []Message) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(messages)))
	for _, m := range messages {
		dst = appendString(dst, m.Role)
		dst = appendString(dst, m.Content)
	}
	return dst
}

// packSides appends the side columns, which follow the messages.
func packSides(dst []byte, row *Row) []byte {
	for _, s := range row.texts() {
		dst = appendString(dst, *s)
	}
	for _, n := range row.numbers() {
		dst = binary.AppendUvarint(dst, uint64(*n))
	}
	return dst
}

// unpackRow is the inverse of packMessages and packSides. The input was packed
// by this process and S2 checked its frame.
func unpackRow(row *Row, src string) {
	r := unpacker[string]{src}
	row.Messages = row.Messages[:0]
	for range r.uvarint() {
		role := r.text()
		row.Messages = append(row.Messages, Message{Role: role, Content: r.text()})
	}
	for _, s := range row.texts() {
		*s = r.text()
	}
	for _, p := range row.numbers() {
		*p = int32(r.uvarint())
	}
}

func appendString(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// An unpacker reads from the front of packed bytes. Of a string, the texts it
// hands out are parts, not copies.
type unpacker[T string | []byte] struct{ rest T }

func (r *unpacker[T]) uvarint() uint64 {
	var x uint64
	for shift := 0; ; shift += 7 {
		b := r.rest[0]
		r.rest = r.rest[1:]
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
}

func (r *unpacker[T]) text() T {
	n := r.uvarint()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}
