package mix

import (
	"encoding/binary"
	"fmt"
	"os"

	"github.com/klauspost/compress/s2"
)

// The spool is the file between the two passes of a prepare: rows in reading
// order, each compressed by itself, so that the shard writers can fetch any
// row in any order while memory holds only the items. S2 is chosen over zstd
// here because the file lives for seconds: it costs a fifth of the time.

// An extent is a row's place in the spool: [off, off+n).
type extent struct {
	off int64
	n   int32
}

// spool appends packed rows and hands out their extents. A nil file counts
// but keeps nothing, which is what a dry run wants.
type spool struct {
	file *os.File
	end  int64
}

func (s *spool) append(packed []byte) (extent, error) {
	at := extent{off: s.end, n: int32(len(packed))}
	s.end += int64(len(packed))
	if s.file == nil {
		return at, nil
	}
	if _, err := s.file.Write(packed); err != nil {
		return at, fmt.Errorf("write spool %s: %w", s.file.Name(), err)
	}
	return at, nil
}

// read fetches the row at e into row, using buf as scratch. The row's strings
// are copies: they stay valid after the next read.
func (s *spool) read(e extent, row *Row, buf *spoolBuf) error {
	buf.packed = grow(buf.packed, int(e.n))
	if _, err := s.file.ReadAt(buf.packed, e.off); err != nil {
		return fmt.Errorf("read spool %s at %d: %w", s.file.Name(), e.off, err)
	}
	plain, err := s2.Decode(buf.plain[:cap(buf.plain)], buf.packed)
	if err != nil {
		return fmt.Errorf("read spool %s at %d: %w", s.file.Name(), e.off, err)
	}
	buf.plain = plain
	unpackRow(row, string(plain))
	return nil
}

type spoolBuf struct{ packed, plain []byte }

func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

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
	r := rowReader{src}
	n := int(r.uvarint())
	row.Messages = row.Messages[:0]
	for range n {
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

type rowReader struct{ rest string }

func (r *rowReader) uvarint() uint64 {
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

func (r *rowReader) text() string {
	n := r.uvarint()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}
