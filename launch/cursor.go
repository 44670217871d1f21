package launch

import (
	"errors"
	"hash/crc64"
	"io"

	"trainyard/launch/redact"
)

// A cursor is how far a file has been read, with enough of what was read to
// notice that the file is another one by now: trainers delete their log and
// write it anew, or cut it off in place.
type cursor struct {
	ID   string `json:"id,omitempty"`   // of the file; see OpenFile
	At   int64  `json:"at,omitempty"`   // bytes read
	Sum  uint64 `json:"sum,omitempty"`  // of the bytes read
	Edge uint64 `json:"edge,omitempty"` // of their first and their last edgeSize; 0: not known
}

const edgeSize = 512

var sums = crc64.MakeTable(crc64.ECMA)

// same reports whether the bytes that were read still stand in f. The edges
// tell for a file of the same identity. Another file may be a copy of this one
// that goes on, as trainers make that replace the whole log at each step, so
// there all bytes are compared.
func (c cursor) same(f *OpenFile) (bool, error) {
	switch {
	case c.At == 0 || c.Edge == 0 && f.Size >= c.At:
		return true, nil
	case f.Size < c.At:
		return false, nil
	}
	edge, err := edges(f, c.At)
	if f.ID == c.ID && err == nil && edge != c.Edge {
		return masked(f, c.At)
	}
	if err != nil || edge != c.Edge || f.ID == c.ID {
		return edge == c.Edge, err
	}
	whole := crc64.New(sums)
	_, err = io.Copy(whole, io.NewSectionReader(f, 0, c.At))
	return whole.Sum64() == c.Sum, err
}

// masked reports whether a mask stands at the edges. The box puts masks over secrets in a
// log that may have been read already, so they are no sign that it is another one.
func masked(f io.ReaderAt, at int64) (bool, error) {
	text := make([]byte, min(at, edgeSize))
	for _, from := range []int64{0, at - int64(len(text))} {
		if _, err := f.ReadAt(text, from); err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		if redact.Masked(text) {
			return true, nil
		}
	}
	return false, nil
}

// edges is the sum of the first and the last bytes before at.
func edges(f io.ReaderAt, at int64) (uint64, error) {
	n := min(at, edgeSize)
	both := crc64.New(sums)
	_, errHead := io.Copy(both, io.NewSectionReader(f, 0, n))
	_, errTail := io.Copy(both, io.NewSectionReader(f, at-n, n))
	if errHead != nil {
		return 0, errHead
	}
	return both.Sum64() | 1, errTail // 0 is not known
}

// read calls visit for the lines after the cursor and returns where it stands
// then; see eachLine for whole.
func (c cursor) read(f *OpenFile, whole bool, visit func(line []byte)) (cursor, error) {
	next := cursor{ID: f.ID, At: c.At, Sum: c.Sum}
	err := eachLine(f.From(c.At), whole, visit, func(bytes []byte) {
		next.At += int64(len(bytes))
		next.Sum = crc64.Update(next.Sum, sums, bytes)
	})
	if err != nil || next.At == c.At {
		return c, err
	}
	next.Edge, err = edges(f, next.At)
	return next, err
}
