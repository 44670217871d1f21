package redact

import (
	"errors"
	"io"
)

// A Stored masks a log on a disk, in place, while another process appends to it: nothing
// that this one does can take the log from the program that writes it. The bytes keep
// their number and their places.
type Stored struct {
	r     *Redactor
	at    int64 // up to here it is done
	size  int64 // at the last look
	inKey bool
}

// Stored masks what r knows.
func (r *Redactor) Stored() *Stored { return &Stored{r: r} }

// A Log is a file that can be read and written at any place.
type Log interface {
	io.ReaderAt
	io.WriterAt
}

// chunk is how much of a log is looked at at once.
const chunk = 256 << 10

// Look masks what came since the last look, in a log of so many bytes: whole lines, and
// a line without its end where nothing came since, or where it is the last look.
func (s *Stored) Look(log Log, size int64, last bool) error {
	if size < s.at {
		s.at, s.inKey = 0, false // it was begun anew
	}
	rest := last || size == s.size
	s.size = size
	for s.at < size {
		n, err := s.step(log, size, rest)
		if err != nil || n == 0 {
			return err
		}
	}
	return nil
}

// step masks one part, and gives how far it came.
func (s *Stored) step(log Log, size int64, rest bool) (int, error) {
	text := make([]byte, min(chunk, size-s.at))
	n, err := log.ReadAt(text, s.at)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	end := whole(text[:n])
	cut := end == 0 && n == chunk
	switch {
	case cut, rest && s.at+int64(n) == size:
		end = n
	}
	found, open := s.r.mask(text[:end], s.inKey)
	for _, f := range found {
		if _, err := log.WriteAt(text[f.start:f.end], s.at+int64(f.start)); err != nil {
			return 0, err
		}
	}
	if cut && s.at+int64(n) < size {
		end = outside(found, end-overlap)
	}
	s.at, s.inKey = s.at+int64(end), open
	return end, nil
}
